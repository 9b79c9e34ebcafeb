import { findModule, moduleTable } from '../../modules/table.js';

/** Actions of the walker itself: they change the order of tasks, or variables. */
export const walkerActions = [
  'include_tasks',
  'import_tasks',
  'include_role',
  'import_role',
  'include_vars',
  'set_fact',
  'meta',
] as const;

export type WalkerAction = (typeof walkerActions)[number];

const prefix = /^ansible\.(?:builtin|legacy)\./;

/** Short names of Ansible's other modules: a task may name one if it never runs. */
const foreign = new Set(
  (
    'add_host apt_key apt_repository assemble async_status blockinfile cron deb822_repository debconf dnf dnf5 ' +
    'dpkg_selections expect fetch find gather_facts get_url getent git group group_by hostname iptables known_hosts ' +
    'lineinfile mount_facts package_facts pause ping pip reboot replace rpm_key script service_facts setup slurp stat ' +
    'seport selogin flatpak homebrew_cask osx_defaults launchd lvg filesystem xfs_quota ipify_facts ssh_config sudoers interfaces_file ' +
    'nmcli keycloak_client git_config pipx cpanm apt_rpm dpkg_divert kernel_blacklist pamd java_keystore monit runit snap_alias ' +
    'ldap_attrs ldap_entry mysql_info mysql_role postgresql_ext postgresql_privs postgresql_query docker_network docker_volume docker_compose docker_prune ' +
    'subversion tempfile unarchive uri user validate_argument_spec wait_for wait_for_connection yum yum_repository ' +
    'acl alternatives apk archive at authorized_key capabilities composer docker_container docker_image firewalld ' +
    'gem github_release homebrew htpasswd ini_file iptables_state java_cert locale_gen lvol make mail modprobe mount ' +
    'mysql_db mysql_query mysql_user mysql_variables npm nginx_status_info openssl_certificate openssl_csr ' +
    'openssl_dhparam openssl_privatekey pacman pam_limits parted patch pear pkgng pkgutil portage postgresql_db ' +
    'postgresql_user read_csv redis redis_config rabbitmq_user rhsm_repository seboolean sefcontext selinux snap ' +
    'supervisorctl svr4pkg synchronize sysctl timezone ufw xattr xml yarn zypper zypper_repository win_command win_shell'
  ).split(' '),
);

/** The short name of an action; undefined if Ansible has no such module. */
export function resolveAction(name: string): string | undefined {
  const short = name.replace(prefix, '');
  if (walkerActions.includes(short as WalkerAction)) return short;
  const module = findModule(name);
  if (module !== undefined) return module.name;
  return foreign.has(short) || name.split('.').length >= 3 ? name : undefined;
}

/** Names for hints. */
export function actionNames(): string[] {
  return [...walkerActions, ...moduleTable.keys()];
}

/** Whether `key=value` pairs in the action's line are few and known, as for commands. */
export function isCommandLine(action: string): boolean {
  return ['command', 'shell', 'raw', 'script'].includes(action);
}

/** Whether the action's line may have words that are no pairs. */
export function takesWords(action: string): boolean {
  return walkerActions.includes(action as WalkerAction) || findModule(action)?.freeForm !== undefined;
}
