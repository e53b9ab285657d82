"""The lock board of many makers that is opened by 8A and asked by 80."""
