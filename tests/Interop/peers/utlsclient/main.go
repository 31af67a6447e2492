// utlsclient fetches one page through a REALITY server with the hello of a Chrome of 2022: no hybrid key share, version
// bytes of that time, VLESS without flow. It prints the body's length and SHA-256.
// It exits 0 when the page came, 2 when the server showed the target's own certificate, 1 otherwise.
package main

import (
	"bufio"
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"time"

	tls "github.com/refraction-networking/utls"
	"golang.org/x/crypto/hkdf"
)

var (
	server = flag.String("server", "", "the node, HOST:PORT")
	name   = flag.String("name", "", "the name that the hello carries")
	key    = flag.String("key", "", "the node's public key, base64url")
	short  = flag.String("short-id", "", "the short id, hexadecimal")
	user   = flag.String("user", "", "the user id, 32 hexadecimal digits")
	port   = flag.Uint("port", 0, "the origin's port on 127.0.0.1")
	path   = flag.String("path", "/", "what is fetched")
)

var errStranger = errors.New("the certificate is the target's own")

func main() {
	log.SetFlags(0)
	flag.Parse()
	conn, err := net.DialTimeout("tcp", *server, 10*time.Second)
	check(err)
	conn.SetDeadline(time.Now().Add(60 * time.Second))
	channel, err := handshake(conn)
	check(err)
	check(fetch(channel))
}

// handshake seals the session id, shakes hands and checks who answered.
func handshake(conn net.Conn) (*tls.UConn, error) {
	publicKey, err := base64.RawURLEncoding.DecodeString(*key)
	if err != nil {
		return nil, err
	}
	shortID, err := hex.DecodeString(*short)
	if err != nil {
		return nil, err
	}
	var authKey []byte
	config := &tls.Config{
		ServerName:             *name,
		InsecureSkipVerify:     true,
		SessionTicketsDisabled: true,
		VerifyPeerCertificate: func(chain [][]byte, _ [][]*x509.Certificate) error {
			leaf, err := x509.ParseCertificate(chain[0])
			if err != nil {
				return err
			}
			own, ok := leaf.PublicKey.(ed25519.PublicKey)
			if !ok {
				return errStranger
			}
			mac := hmac.New(sha512.New, authKey)
			mac.Write(own)
			if !hmac.Equal(mac.Sum(nil), leaf.Signature) {
				return errStranger
			}
			return nil
		},
	}
	channel := tls.UClient(conn, config, tls.HelloChrome_102)
	if err := channel.BuildHandshakeState(); err != nil {
		return nil, err
	}

	// The id lies at a fixed place of the hello: 4 octets of header, 2 of version, 32 of random, 1 of length.
	hello := channel.HandshakeState.Hello
	sessionID := hello.Raw[39:71]
	clear(sessionID)
	plain := make([]byte, 16)
	copy(plain, []byte{1, 8, 0, 0})
	binary.BigEndian.PutUint32(plain[4:], uint32(time.Now().Unix()))
	copy(plain[8:], shortID)
	shared := channel.HandshakeState.State13.EcdheParams.SharedKey(publicKey)
	authKey = make([]byte, 32)
	if _, err := io.ReadFull(hkdf.New(sha256.New, shared, hello.Random[:20], []byte("REALITY")), authKey); err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(authKey)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	sealed := aead.Seal(nil, hello.Random[20:], plain, hello.Raw)
	copy(sessionID, sealed)
	hello.SessionId = sealed
	return channel, channel.Handshake()
}

// fetch asks for the page in one write behind the VLESS header and reads it to its end.
func fetch(channel net.Conn) error {
	id, err := hex.DecodeString(*user)
	if err != nil {
		return err
	}
	request := append([]byte{0}, id...)
	request = append(request, 0, 1, byte(*port>>8), byte(*port), 1, 127, 0, 0, 1)
	request = fmt.Appendf(request, "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n", *path)
	if _, err := channel.Write(request); err != nil {
		return err
	}
	in := bufio.NewReader(channel)
	answer := make([]byte, 2)
	if _, err := io.ReadFull(in, answer); err != nil {
		return err
	}
	if answer[0] != 0 || answer[1] != 0 {
		return errors.New("not an answer of VLESS")
	}
	response, err := http.ReadResponse(in, nil)
	if err != nil {
		return err
	}
	sum := sha256.New()
	length, err := io.Copy(sum, response.Body)
	if err != nil {
		return err
	}
	fmt.Printf("%d %d %x\n", response.StatusCode, length, sum.Sum(nil))
	return nil
}

func check(err error) {
	if errors.Is(err, errStranger) {
		log.Print(err)
		os.Exit(2)
	}
	if err != nil {
		log.Fatal(err)
	}
}
