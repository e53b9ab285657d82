"""Text messages through a provider's HTTPS interface: Aliyun, Tencent Cloud, China Mobile's MAS."""
