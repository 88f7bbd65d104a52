package dev

import (
	"context"
	"io/fs"
	"log/slog"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quietFor is how long the folder must be still before it is compiled: editors write a file in several steps.
	quietFor   = 40 * time.Millisecond
	foldersMax = 4096
)

// Watch compiles after every change until ctx ends. Folders named node_modules and those beginning with a dot are not
// watched. Error: the operating system cannot watch, for instance because a limit of inotify is reached.
func (f *Folder) Watch(ctx context.Context, log *slog.Logger) error {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		return err
	}
	if err := addFolders(watcher, f.dir); err != nil {
		watcher.Close()
		return err
	}
	go func() {
		defer watcher.Close()
		f.follow(ctx, watcher, log)
	}()
	return nil
}

func (f *Folder) follow(ctx context.Context, watcher *fsnotify.Watcher, log *slog.Logger) {
	quiet := time.NewTimer(time.Hour)
	quiet.Stop()
	changed, missed := map[string]bool{}, false
	for {
		select {
		case <-ctx.Done():
			return
		case event, ok := <-watcher.Events:
			if !ok {
				return
			}
			if event.Op == fsnotify.Chmod || skipped(filepath.Base(event.Name)) {
				continue
			}
			if event.Has(fsnotify.Create) {
				if err := addFolders(watcher, event.Name); err != nil {
					log.Warn("a new folder is not watched", "folder", event.Name, "error", err)
				}
			}
			if name, err := filepath.Rel(f.dir, event.Name); err == nil {
				changed[filepath.ToSlash(name)] = true
			} else {
				missed = true
			}
			quiet.Reset(quietFor)
		case err, ok := <-watcher.Errors:
			if !ok {
				return
			}
			log.Warn("watching the folder", "error", err)
			missed = true // events were lost, too many of them for instance
			quiet.Reset(quietFor)
		case <-quiet.C:
			names := slices.Collect(maps.Keys(changed))
			if missed {
				names = nil
			}
			news := f.compile(ctx, names)
			changed, missed = map[string]bool{}, false
			log.Info("compiled", "ms", news.Millis, "problems", len(news.Problems), "bundle", news.Bundle)
		}
	}
}

func skipped(name string) bool {
	return name == "node_modules" || (strings.HasPrefix(name, ".") && name != "." && name != "..") || strings.HasSuffix(name, "~")
}

// addFolders watches a folder and those below it; a file is no folder and is left alone.
func addFolders(watcher *fsnotify.Watcher, root string) error {
	count := 0
	return filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // it went away meanwhile
		}
		if !d.IsDir() {
			return nil
		}
		if path != root && skipped(d.Name()) {
			return fs.SkipDir
		}
		if count++; count > foldersMax {
			return fs.SkipAll
		}
		return watcher.Add(path)
	})
}
