// tests of Sync
