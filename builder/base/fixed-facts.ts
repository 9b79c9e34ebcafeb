import type { Facts } from './facts.js';

/** Facts about the machine, the same in every build; docs/playbook.md lists them. */
export const fixedFacts: Facts = {
  domain: '',
  user_uid: 0,
  user_gid: 0,
  user_dir: '/root',
  user_shell: '/bin/bash',
  effective_user_id: 0,
  real_user_id: 0,
  userspace_bits: '64',
  fips: false,
  selinux: { status: 'disabled' },
  apparmor: { status: 'disabled' },
  local: {},
  mounts: [],
  python_version: '3.13.0',
  python: { version: { major: 3, minor: 13, micro: 0 } },
  processor_count: 1,
  processor_cores: 1,
  memtotal_mb: 1024,
  all_ipv4_addresses: [],
  all_ipv6_addresses: [],
};
