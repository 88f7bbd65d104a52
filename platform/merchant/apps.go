package merchant

import (
	"context"

	"souk/kit/db"
)

// AppsOf answers up to limit programs of one merchant in the order of their ids, after the id given.
func AppsOf(_ context.Context, tx *db.Tx, m ID, after AppID, limit int) ([]App, error) {
	rows, err := tx.Query(`SELECT `+appColumns+` WHERE a.merchant_id = $1 AND a.id > $2 ORDER BY a.id LIMIT $3`, m, after, limit)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []App{}
	for rows.Next() {
		a, err := scanApp(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}
