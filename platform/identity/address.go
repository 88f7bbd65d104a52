package identity

import (
	"context"

	"souk/kit/db"
	"souk/kit/fault"
)

// ErrAddressInvalid refuses an address.
var ErrAddressInvalid = fault.New(fault.Invalid, "ADDRESS_INVALID", "an address needs a name, a phone number, a city and a street, each at most 128 bytes")

// MaxAddresses is how many addresses a person keeps.
const MaxAddresses = 20

// Address is where a person receives things.
type Address struct {
	ID, Name, Phone, Province, City, District, Street string
}

// AddAddress keeps one more address; with an id that exists it replaces that one. Error: ErrAddressInvalid.
func AddAddress(ctx context.Context, tx *db.Tx, person PersonID, a Address) error {
	for _, s := range []string{a.Name, a.City, a.Street, a.Province + " ", a.District + " "} {
		if s == "" || len(s) > 128 {
			return ErrAddressInvalid
		}
	}
	if a.Phone == "" || !phoneOK(a.Phone) {
		return ErrAddressInvalid
	}
	if a.ID == "" {
		a.ID, _ = secret()
	}
	n, err := tx.Exec(`INSERT INTO identity_address (id, person_id, name, phone, province, city, district, street, position)
		SELECT $1, $2, $3, $4, $5, $6, $7, $8, COUNT(*) FROM identity_address WHERE person_id = $2 HAVING COUNT(*) < $9
		ON CONFLICT (id) DO UPDATE SET name = excluded.name, phone = excluded.phone, province = excluded.province,
		city = excluded.city, district = excluded.district, street = excluded.street WHERE identity_address.person_id = excluded.person_id`,
		a.ID, string(person), a.Name, a.Phone, a.Province, a.City, a.District, a.Street, int64(MaxAddresses))
	if err == nil && n == 0 {
		return ErrAddressInvalid.With("more than %d addresses", MaxAddresses)
	}
	return err
}

// Addresses lists a person's addresses, the first one first.
func Addresses(ctx context.Context, tx *db.Tx, person PersonID) ([]Address, error) {
	rows, err := tx.Query(`SELECT id, name, phone, province, city, district, street FROM identity_address
		WHERE person_id = $1 ORDER BY position, id LIMIT $2`, string(person), int64(MaxAddresses))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Address{}
	for rows.Next() {
		var a Address
		if err := rows.Scan(&a.ID, &a.Name, &a.Phone, &a.Province, &a.City, &a.District, &a.Street); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, rows.Err()
}
