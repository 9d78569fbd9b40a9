// tests of Apps
