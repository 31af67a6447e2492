// realityserver is a REALITY server on the library that the field uses, with plain VLESS behind it, for the tests.
// It connects to 127.0.0.1 only, whatever host a request names.
package main

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"time"

	"github.com/xtls/reality"
)

var (
	listen = flag.String("listen", "127.0.0.1:0", "where to listen")
	target = flag.String("target", "", "the borrowed site, HOST:PORT")
	name   = flag.String("name", "", "the name that a hello must carry")
	key    = flag.String("key", "", "private key, base64url")
	short  = flag.String("short-id", "", "the short id, hexadecimal")
	user   = flag.String("user", "", "the user id, 32 hexadecimal digits")
	show   = flag.Bool("show", false, "let the library print what it sees")
)

func main() {
	flag.Parse()
	privateKey, err := base64.RawURLEncoding.DecodeString(*key)
	check(err)
	id, err := hex.DecodeString(*user)
	check(err)
	shortID, err := hex.DecodeString(*short)
	check(err)
	var padded [8]byte
	copy(padded[:], shortID)

	config := &reality.Config{
		DialContext: (&net.Dialer{}).DialContext,
		Type:        "tcp",
		Dest:        *target,
		ServerNames: map[string]bool{*name: true},
		PrivateKey:  privateKey,
		ShortIds:    map[[8]byte]bool{padded: true},
		MaxTimeDiff: 90 * time.Second,
		Show:        *show,

		SessionTicketsDisabled: true,
	}
	inner, err := net.Listen("tcp", *listen)
	check(err)
	listener := reality.NewListener(inner, config)
	awaitRecords()
	fmt.Println("ready", inner.Addr())
	for {
		conn, err := listener.Accept()
		check(err)
		go func() {
			defer conn.Close()
			if err := serve(conn, id); err != nil {
				log.Print(err)
			}
		}()
	}
}

// awaitRecords returns when the library has learnt what the target sends after a handshake: before that it makes
// clients wait in steps of five seconds.
func awaitRecords() {
	for alpn := range 3 {
		for {
			learnt, _ := reality.GlobalPostHandshakeRecordsLens.Load(fmt.Sprintf("%s %s %d", *target, *name, alpn))
			if _, ok := learnt.([]int); ok {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
}

// serve reads one VLESS request without flow, answers it and carries bytes until both directions have ended.
func serve(conn net.Conn, id []byte) error {
	in := bufio.NewReader(conn)
	head := make([]byte, 18)
	if _, err := io.ReadFull(in, head); err != nil {
		return err
	}
	if head[0] != 0 || !bytes.Equal(head[1:17], id) || head[17] != 0 {
		return errors.New("not a request of ours")
	}
	rest := make([]byte, 4)
	if _, err := io.ReadFull(in, rest); err != nil {
		return err
	}
	size := map[byte]int{1: 4, 3: 16}[rest[3]]
	if rest[3] == 2 {
		length, err := in.ReadByte()
		if err != nil {
			return err
		}
		size = int(length)
	}
	if rest[0] != 1 || size == 0 {
		return errors.New("not a TCP request")
	}
	if _, err := in.Discard(size); err != nil {
		return err
	}
	out, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", int(rest[1])<<8|int(rest[2])))
	if err != nil {
		return err
	}
	defer out.Close()
	if _, err := conn.Write([]byte{0, 0}); err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() {
		_, err := io.Copy(out, in)
		out.(*net.TCPConn).CloseWrite()
		done <- err
	}()
	if _, err := io.Copy(conn, out); err != nil {
		return err
	}
	if err := conn.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		return err
	}
	if err := <-done; err != nil && !strings.Contains(err.Error(), "closed") {
		return err
	}
	return nil
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
