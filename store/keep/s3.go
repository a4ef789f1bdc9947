package keep

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// Bounds of one operation on the storage: what passes by itself is tried again
// a few times within some seconds, then told.
const (
	s3Tries   = 4
	s3First   = 250 * time.Millisecond // wait before the second try; doubled each time
	s3Timeout = time.Minute            // of one try
)

// bucket keeps objects in S3-compatible storage.
type bucket struct {
	client       *minio.Client
	name, prefix string
	wait         func(ctx context.Context, d time.Duration) error
}

// s3Address is what an address says.
type s3Address struct {
	bucket, prefix, endpoint, region string
	secure                           bool
	lookup                           minio.BucketLookupType
}

// parseS3 reads an address. No error repeats it: somebody may have written a
// password into it.
func parseS3(address string) (a s3Address, err error) {
	u, err := url.Parse(address)
	if err != nil {
		return a, errors.New("want s3://bucket/prefix?endpoint=https://host")
	}
	q, err := url.ParseQuery(u.RawQuery)
	switch {
	case err != nil:
		return a, errors.New("want s3://bucket/prefix?endpoint=https://host")
	case u.User != nil:
		return a, errors.New("credentials do not belong in the address: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	case u.Host == "" || u.Fragment != "":
		return a, errors.New("want s3://bucket/prefix?endpoint=https://host")
	}
	for k := range q {
		if !slices.Contains([]string{"endpoint", "region", "lookup"}, k) {
			return a, fmt.Errorf("there is no option %q: want endpoint, region, lookup", k)
		}
	}
	e, err := url.Parse(q.Get("endpoint"))
	if err != nil || e.Host == "" || e.User != nil || e.Scheme != "https" && e.Scheme != "http" || strings.Trim(e.Path, "/") != "" || e.RawQuery != "" {
		return a, errors.New("endpoint: want https://host[:port]")
	}
	a = s3Address{bucket: u.Host, prefix: strings.Trim(u.Path, "/"), endpoint: e.Host, region: q.Get("region"), secure: e.Scheme == "https"}
	switch q.Get("lookup") {
	case "":
	case "path":
		a.lookup = minio.BucketLookupPath
	case "dns":
		a.lookup = minio.BucketLookupDNS
	default:
		return a, errors.New("lookup: want path or dns")
	}
	return a, nil
}

func openBucket(ctx context.Context, address string, env func(string) string) (*bucket, error) {
	a, err := parseS3(address)
	if err != nil {
		return nil, fmt.Errorf("address of the storage: %w", err)
	}
	id, secret := env("AWS_ACCESS_KEY_ID"), env("AWS_SECRET_ACCESS_KEY")
	if id == "" || secret == "" {
		return nil, errors.New("the storage needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment")
	}
	client, err := minio.New(a.endpoint, &minio.Options{
		Creds:  credentials.NewStaticV4(id, secret, env("AWS_SESSION_TOKEN")),
		Secure: a.secure, Region: a.region, BucketLookup: a.lookup,
		MaxRetries: 1, // its own go on for a minute; ours are bounded and can be stopped
	})
	if err != nil {
		return nil, fmt.Errorf("set up the storage: %w", err)
	}
	b := &bucket{client: client, name: a.bucket, prefix: a.prefix, wait: pause}
	// A wrong name or key is told at once. A storage that is away may come back:
	// each operation tells.
	var there bool
	err = b.try(ctx, func(ctx context.Context) (err error) {
		there, err = client.BucketExists(ctx, b.name)
		return err
	})
	switch {
	case err != nil && (ctx.Err() != nil || !passing(err)):
		return nil, fmt.Errorf("open bucket %s: %w", b.name, err)
	case err == nil && !there:
		return nil, fmt.Errorf("open bucket %s: it does not exist", b.name)
	}
	return b, nil
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// passing reports whether an error is likely to pass by itself: the network's,
// the server's own, or that it is asked too much.
func passing(err error) bool {
	var e minio.ErrorResponse
	if !errors.As(err, &e) {
		return true
	}
	return e.StatusCode == 0 || e.StatusCode >= 500 || e.StatusCode == http.StatusTooManyRequests || e.StatusCode == http.StatusRequestTimeout
}

// try does something once, and again while it fails with what passes by itself.
func (b *bucket) try(ctx context.Context, do func(context.Context) error) error {
	for n := 1; ; n++ {
		once, cancel := context.WithTimeout(ctx, s3Timeout)
		err := do(once)
		cancel()
		if err == nil || ctx.Err() != nil || !passing(err) {
			return err
		}
		if n == s3Tries {
			return fmt.Errorf("tried %d times: %w", n, err)
		}
		d := s3First << (n - 1)
		if err := b.wait(ctx, d+rand.N(d/2)); err != nil {
			return err
		}
	}
}

func (b *bucket) key(name string) string {
	if b.prefix == "" {
		return name
	}
	return b.prefix + "/" + name
}

func gone(err error) bool {
	var e minio.ErrorResponse
	return errors.As(err, &e) && (e.Code == minio.NoSuchKey || e.Code == "NotFound" || e.StatusCode == http.StatusNotFound && e.Code != minio.NoSuchBucket)
}

func (b *bucket) has(ctx context.Context, name string) (there bool, err error) {
	err = b.try(ctx, func(ctx context.Context) error {
		_, err := b.client.StatObject(ctx, b.name, b.key(name), minio.StatObjectOptions{})
		if there = err == nil; gone(err) {
			return nil
		}
		return err
	})
	return there, err
}

func (b *bucket) get(ctx context.Context, name string) (object []byte, err error) {
	err = b.try(ctx, func(ctx context.Context) error {
		o, err := b.client.GetObject(ctx, b.name, b.key(name), minio.GetObjectOptions{})
		if err != nil {
			return err
		}
		defer o.Close()
		object, err = readAll(o)
		return err
	})
	if gone(err) {
		return nil, notThere(name)
	}
	return object, err
}

// open reads an object as it is needed; its size is asked for first, so that what is not there is told now.
func (b *bucket) open(ctx context.Context, name string) (io.ReadCloser, error) {
	o, err := b.client.GetObject(ctx, b.name, b.key(name), minio.GetObjectOptions{})
	if err == nil {
		_, err = o.Stat()
	}
	if gone(err) {
		return nil, notThere(name)
	}
	return o, err
}

// put sends an object in one piece with its MD5, which the storage checks: it
// is there whole or not at all. Two writers of one name write the same body.
func (b *bucket) put(ctx context.Context, name string, object io.ReadSeeker, size int64) error {
	return b.try(ctx, func(ctx context.Context) error {
		if _, err := object.Seek(0, io.SeekStart); err != nil {
			return err
		}
		_, err := b.client.PutObject(ctx, b.name, b.key(name), object, size,
			minio.PutObjectOptions{ContentType: "application/warc", SendContentMd5: true, DisableMultipart: true})
		return err
	})
}

func (b *bucket) remove(ctx context.Context, name string) error {
	return b.try(ctx, func(ctx context.Context) error {
		err := b.client.RemoveObject(ctx, b.name, b.key(name), minio.RemoveObjectOptions{})
		if gone(err) {
			return nil
		}
		return err
	})
}

// each lists by pages of the storage's; a listing that breaks off goes on after
// the last name it gave.
func (b *bucket) each(ctx context.Context, fn func(name string) error) error {
	prefix, last := b.key(""), ""
	list, stop := context.WithCancel(ctx)
	defer stop()
	var failed error                                // fn's
	err := b.try(ctx, func(context.Context) error { // a long listing takes longer than one try may
		for o := range b.client.ListObjects(list, b.name, minio.ListObjectsOptions{Prefix: prefix, Recursive: true, StartAfter: last}) {
			if o.Err != nil {
				return o.Err
			}
			last = o.Key
			if failed = fn(strings.TrimPrefix(o.Key, prefix)); failed != nil {
				stop()
				return nil
			}
		}
		return list.Err()
	})
	if failed != nil {
		return failed
	}
	return err
}
