package main

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
)

// TestMain is the printed program itself, or, with a prefix and a file, writes a key every 50 ms through its connect
// until the file is there, and says what comes of it; see telling.py. One binary is built for both.
func TestMain(*testing.M) {
	if len(os.Args) == 1 {
		main()
		return
	}
	client := connect()
	defer client.Close()
	for number := 0; ; {
		if _, err := os.Stat(os.Args[2]); err == nil {
			return
		}
		err := client.Set(context.Background(), fmt.Sprintf("%s:0:%d", os.Args[1], number), number, 0).Err()
		now := float64(time.Now().UnixMilli()) / 1000
		if err != nil {
			fmt.Printf("failed %.3f %v\n", now, err)
		} else {
			fmt.Printf("written %.3f\n", now)
			number++
		}
		time.Sleep(50 * time.Millisecond)
	}
}
