package cardpack

import (
	"context"
	"errors"
	"time"

	"souk/kit/db"
	"souk/kit/job"
	"souk/platform/identity"
	"souk/platform/merchant"
)

// Use uses a voucher or ticket, once. code is what was read of it; the same code again answers the same pass. Errors: ErrNotFound, ErrCard, ErrUsed,
// ErrExpired, ErrEarly, ErrVoid.
func Use(ctx context.Context, tx *db.Tx, m merchant.ID, id ID, code string) (Pass, error) {
	if len(code) > MaxParams || !printable(code) {
		return Pass{}, ErrInvalid.With("the code that was read is too long")
	}
	p, err := scan(tx.QueryRow(`UPDATE cardpack_pass SET state = 'used', used_code = $1, ended_at = $2, changed_at = $2
		WHERE pass_id = $3 AND merchant_id = $4 AND kind <> 'card' AND state = 'usable' AND valid_from <= $2 AND (valid_until = 0 OR valid_until > $2)
		RETURNING `+columns, code, tx.Now(), id, m))
	if err == nil {
		return p, announce(ctx, tx, "pass.used", p)
	}
	if !errors.Is(err, ErrNotFound) {
		return p, err
	}
	p, err = refusedOf(ctx, tx, m, id)
	if errors.Is(err, ErrUsed) && p.UsedCode == code {
		return p, nil
	}
	return p, err
}

// Withdraw takes a pass back, for good; again changes nothing. What was used or has expired stays so. Errors: ErrNotFound, ErrUsed, ErrExpired.
func Withdraw(ctx context.Context, tx *db.Tx, m merchant.ID, id ID) (Pass, error) {
	p, err := scan(tx.QueryRow(`UPDATE cardpack_pass SET state = 'void', ended_at = $1, changed_at = $1
		WHERE pass_id = $2 AND merchant_id = $3 AND state = 'usable' AND (valid_until = 0 OR valid_until > $1) RETURNING `+columns, tx.Now(), id, m))
	if err == nil {
		return p, announce(ctx, tx, "pass.withdrawn", p)
	}
	if !errors.Is(err, ErrNotFound) {
		return p, err
	}
	if p, err = refusedOf(ctx, tx, m, id); errors.Is(err, ErrVoid) {
		return p, nil
	}
	return p, err
}

// Remove takes a pass out of the person's sight, for good. What the merchant knows of it stays as it is. Error: ErrNotFound.
func Remove(_ context.Context, tx *db.Tx, person identity.PersonID, id ID) error {
	n, err := tx.Exec(`UPDATE cardpack_pass SET removed = true WHERE pass_id = $1 AND person_id = $2 AND NOT removed`, id, person)
	if err == nil && n == 0 {
		err = ErrNotFound
	}
	return err
}

// refusedOf says why a pass could not be touched.
func refusedOf(ctx context.Context, tx *db.Tx, m merchant.ID, id ID) (Pass, error) {
	p, err := FindOf(ctx, tx, m, id)
	if err != nil {
		return p, err
	}
	switch p.At(tx.Now()) {
	case Used:
		return p, ErrUsed
	case Expired:
		return p, ErrExpired
	case Void:
		return p, ErrVoid
	}
	if p.Kind == Card {
		return p, ErrCard
	}
	return p, ErrEarly
}

// Expire ends passes whose time is over, at most limit, and answers how many.
func Expire(ctx context.Context, tx *db.Tx, limit int) (int, error) {
	rows, err := tx.Query(`UPDATE cardpack_pass SET state = 'expired', ended_at = $1, changed_at = $1 WHERE pass_id IN (SELECT pass_id FROM cardpack_pass
		WHERE state = 'usable' AND valid_until > 0 AND valid_until <= $1 ORDER BY valid_until, pass_id LIMIT $2) AND state = 'usable' RETURNING `+columns, tx.Now(), limit)
	if err != nil {
		return 0, err
	}
	defer rows.Close()
	var ended []Pass
	for rows.Next() {
		p, err := scan(rows)
		if err != nil {
			return 0, err
		}
		ended = append(ended, p)
	}
	if err := rows.Err(); err != nil {
		return 0, err
	}
	for _, p := range ended {
		if err := announce(ctx, tx, "pass.expired", p); err != nil {
			return 0, err
		}
	}
	return len(ended), nil
}

// expireBatch is how many passes one transaction ends.
const expireBatch = 200

// Jobs are the room's chores: every minute, end passes whose time is over. They are refused and shown as over before that.
func Jobs(d *db.DB) []job.Kind {
	return []job.Kind{{Name: "cardpack.expire", Workers: 1, Next: job.Every(time.Minute), Work: func(ctx context.Context, _ job.Claimed) (job.Done, error) {
		for {
			ended := 0
			if err := d.Write(ctx, func(tx *db.Tx) (err error) {
				ended, err = Expire(ctx, tx, expireBatch)
				return err
			}); err != nil || ended < expireBatch {
				return nil, err
			}
		}
	}}}
}
