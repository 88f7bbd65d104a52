package sign

import (
	"crypto/md5"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"math/big"
	"strings"
	"time"
)

// Certificates last ten years for the root, five for the platform, three for
// apps. A day before now forgives clocks that run behind.
const (
	rootYears    = 10
	PlatformLife = 5 * 365 * 24 * time.Hour
	AppLife      = 3 * 365 * 24 * time.Hour
	backdated    = 24 * time.Hour
	maxCertText  = 64 << 10
)

// Errors of reading certificates and requests for them.
var (
	ErrCertificate = errors.New("this is not an RSA certificate in PEM form")
	ErrRequest     = errors.New("this is not a certificate request (CSR) in PEM form with an RSA key, signed by that key")
)

// Issued is a certificate with the serial number by which SDKs name it.
type Issued struct {
	SN   string // 32 hex digits, see Serial
	PEM  string
	Cert *x509.Certificate
}

// Authority can issue certificates: a root certificate and its key.
type Authority struct {
	Root Issued
	Key  *rsa.PrivateKey
}

// Serial is the name of a certificate in requests and answers: the MD5, in
// hex, of the issuer (RFC 2253 order, no spaces) followed by the decimal
// serial number.
func Serial(c *x509.Certificate) string {
	sum := md5.Sum([]byte(c.Issuer.String() + c.SerialNumber.String()))
	return hex.EncodeToString(sum[:])
}

// RootSerial joins the serials of all RSA-signed certificates of a root file
// with underscores, as SDKs send it in alipay_root_cert_sn.
func RootSerial(file string) (string, error) {
	certs, err := parseCerts(file)
	if err != nil {
		return "", err
	}
	var serials []string
	for _, c := range certs {
		if rsaSigned(c) {
			serials = append(serials, Serial(c))
		}
	}
	if len(serials) == 0 {
		return "", ErrCertificate
	}
	return strings.Join(serials, "_"), nil
}

// ParseCertificate reads the first certificate of a PEM text. Its key is RSA.
func ParseCertificate(text string) (Issued, error) {
	certs, err := parseCerts(text)
	if err != nil {
		return Issued{}, err
	}
	c := certs[0]
	key, ok := c.PublicKey.(*rsa.PublicKey)
	if !ok {
		return Issued{}, ErrCertificate
	}
	return describe(c), checkSize(key)
}

// PublicKey is the RSA key that an issued certificate vouches for.
func (i Issued) PublicKey() *rsa.PublicKey { return i.Cert.PublicKey.(*rsa.PublicKey) }

// NewAuthority makes a self-signed root. Names are plain ASCII and of the four
// common kinds, since SDKs rebuild the issuer's text each in its own way.
func NewAuthority(organization string, now time.Time) (Authority, error) {
	key, err := NewKey()
	if err != nil {
		return Authority{}, err
	}
	name := pkix.Name{
		Country: []string{"CN"}, Organization: []string{organization},
		OrganizationalUnit: []string{"Certification Authority"}, CommonName: organization + " Root R1",
	}
	template := &x509.Certificate{
		SerialNumber: newSerial(), Subject: name,
		NotBefore: now.Add(-backdated), NotAfter: now.AddDate(rootYears, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return Authority{}, err
	}
	return Authority{Root: mustParse(der), Key: key}, nil
}

// Issue signs a certificate for key under the authority's root.
func (a Authority) Issue(commonName string, key *rsa.PublicKey, now time.Time, life time.Duration) (Issued, error) {
	template := &x509.Certificate{
		SerialNumber: newSerial(),
		Subject: pkix.Name{
			Country: a.Root.Cert.Subject.Country, Organization: a.Root.Cert.Subject.Organization,
			OrganizationalUnit: []string{"Open Platform"}, CommonName: commonName,
		},
		NotBefore: now.Add(-backdated), NotAfter: now.Add(life),
		KeyUsage: x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.Root.Cert, key, a.Key)
	if err != nil {
		return Issued{}, err
	}
	return mustParse(der), nil
}

// ParseRequest reads a developer's CSR and returns the key it asks a
// certificate for, after checking that the asker holds that key.
func ParseRequest(text string) (*rsa.PublicKey, error) {
	block, _ := pem.Decode([]byte(text))
	if block == nil || len(text) > maxCertText {
		return nil, ErrRequest
	}
	request, err := x509.ParseCertificateRequest(block.Bytes)
	if err != nil || request.CheckSignature() != nil {
		return nil, ErrRequest
	}
	key, ok := request.PublicKey.(*rsa.PublicKey)
	if !ok {
		return nil, ErrRequest
	}
	return key, checkSize(key)
}

func parseCerts(text string) ([]*x509.Certificate, error) {
	if len(text) > maxCertText {
		return nil, ErrCertificate
	}
	var certs []*x509.Certificate
	for rest := []byte(text); ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, ErrCertificate
		}
		certs = append(certs, c)
	}
	if len(certs) == 0 {
		return nil, ErrCertificate
	}
	return certs, nil
}

func rsaSigned(c *x509.Certificate) bool {
	switch c.SignatureAlgorithm {
	case x509.MD5WithRSA, x509.SHA1WithRSA, x509.SHA256WithRSA, x509.SHA384WithRSA, x509.SHA512WithRSA,
		x509.SHA256WithRSAPSS, x509.SHA384WithRSAPSS, x509.SHA512WithRSAPSS:
		return true
	}
	return false
}

func describe(c *x509.Certificate) Issued {
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
	return Issued{SN: Serial(c), PEM: string(text), Cert: c}
}

func mustParse(der []byte) Issued {
	c, err := x509.ParseCertificate(der)
	if err != nil {
		panic("sign: a certificate that we just made cannot be read: " + err.Error())
	}
	return describe(c)
}

// newSerial stays below 2^63: some SDKs read serial numbers into 64-bit integers.
func newSerial() *big.Int {
	limit := new(big.Int).Lsh(big.NewInt(1), 62)
	n, err := rand.Int(rand.Reader, limit)
	if err != nil {
		panic("sign: no randomness: " + err.Error())
	}
	return n.Add(n, big.NewInt(1))
}
