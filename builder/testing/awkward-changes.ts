/** Shell scripts, run in order, whose changes to a Debian root engines could report differently. */
export const awkwardChanges: readonly string[] = [
  `mkdir -p /srv/a/b; echo one >/srv/a/one; ln /srv/a/one /srv/a/b/two; ln -s ../one /srv/a/b/link; mkfifo -m 640 /srv/pipe
   cp /bin/cat /srv/cat; chmod 6755 /srv/cat; chown 33:44 /srv/a/b; truncate -s 10M /srv/sparse; printf x | dd of=/srv/sparse bs=1 seek=5M conv=notrunc 2>/dev/null
   perl -MIO::Socket::UNIX -e 'IO::Socket::UNIX->new(Type=>SOCK_STREAM,Local=>"/srv/socket",Listen=>1)'
   touch -d @1000000000 /srv/old; touch "/srv/$(printf 'a\\nb \\377')"; : >/etc/hosts.new; chmod 1777 /srv`,
  `perl -e 'my $v = pack("H*", "0100000200200000000000000000000000000000"); my ($p, $n) = ("/srv/cat", "security.capability"); syscall(188, $p, $n, $v, length $v, 0) == 0 or die $!'`,
  `rm /srv/a/one; rm -r /etc/apt; mkdir /etc/apt; echo mine >/etc/apt/apt.conf; rm -r /etc/cron.daily; ln -s apt /etc/cron.daily`,
  `rm -r /usr/share/keyrings; echo file >/usr/share/keyrings; rm /etc/debian_version; mkdir /etc/debian_version; echo x >/etc/debian_version/x`,
  `rm /usr/share/keyrings; mkdir /usr/share/keyrings; rm -r /etc/debian_version; echo back >/etc/debian_version; mv /srv/a /srv/moved`,
  `mv /var/lib/dpkg /var/lib/dpkg.old; mkdir /var/lib/dpkg; mv /var/lib/dpkg.old/status /var/lib/dpkg/; rm -r /var/lib/dpkg.old`,
  `chmod 700 /opt; chown 1:1 /home; echo >>/etc/issue; touch /etc/passwd; rm -rf /etc/skel; mkdir -p /etc/skel/deep/er`,
  `rm -rf /srv /usr/lib/locale; mkdir /srv; true`,
];
