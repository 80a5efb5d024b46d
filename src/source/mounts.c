/* The magic numbers of linux/magic.h and of the file systems' own headers. */
#include "source/mounts.h"

static const struct {
    uint32_t magic;
    enum mount_kind kind;
    const char *name;
} known[] = {
    {0xef53, MOUNT_LOCAL, "ext4"},
    {0x58465342, MOUNT_LOCAL, "xfs"},
    {0x9123683e, MOUNT_LOCAL, "btrfs"},
    {0xf2f52010, MOUNT_LOCAL, "f2fs"},
    {0x2fc12fc1, MOUNT_LOCAL, "zfs"},
    {0xca451a4e, MOUNT_LOCAL, "bcachefs"},
    {0x3153464a, MOUNT_LOCAL, "jfs"},
    {0x52654973, MOUNT_LOCAL, "reiserfs"},
    {0x3434, MOUNT_LOCAL, "nilfs2"},
    {0xe0f5e1e2, MOUNT_LOCAL, "erofs"},
    {0x73717368, MOUNT_LOCAL, "squashfs"},
    {0x9660, MOUNT_LOCAL, "iso9660"},
    {0x15013346, MOUNT_LOCAL, "udf"},
    {0x4d44, MOUNT_LOCAL, "vfat"},
    {0x2011bab0, MOUNT_LOCAL, "exfat"},
    {0x5346544e, MOUNT_LOCAL, "ntfs"},
    {0x7366746e, MOUNT_LOCAL, "ntfs3"},
    {0x482b, MOUNT_LOCAL, "hfsplus"},
    {0x4244, MOUNT_LOCAL, "hfs"},
    {0x137f, MOUNT_LOCAL, "minix"},
    {0x138f, MOUNT_LOCAL, "minix"},
    {0x2468, MOUNT_LOCAL, "minix2"},
    {0x24051905, MOUNT_LOCAL, "ubifs"},
    {0x72b6, MOUNT_LOCAL, "jffs2"},
    {0x28cd3d45, MOUNT_LOCAL, "cramfs"},
    {0x7275, MOUNT_LOCAL, "romfs"},
    {0x794c7630, MOUNT_LOCAL, "overlayfs"},
    {0x61756673, MOUNT_LOCAL, "aufs"},
    {0xf15f, MOUNT_LOCAL, "ecryptfs"},
    {0x01021994, MOUNT_LOCAL, "tmpfs"},
    {0x858458f6, MOUNT_LOCAL, "ramfs"},
    {0x9fa0, MOUNT_KERNEL, "proc"},
    {0x62656572, MOUNT_KERNEL, "sysfs"},
    {0x1cd1, MOUNT_KERNEL, "devpts"},
    {0x27e0eb, MOUNT_KERNEL, "cgroup"},
    {0x63677270, MOUNT_KERNEL, "cgroup2"},
    {0x64626720, MOUNT_KERNEL, "debugfs"},
    {0x74726163, MOUNT_KERNEL, "tracefs"},
    {0x73636673, MOUNT_KERNEL, "securityfs"},
    {0xf97cff8c, MOUNT_KERNEL, "selinuxfs"},
    {0x43415d53, MOUNT_KERNEL, "smackfs"},
    {0x5a3c69f0, MOUNT_KERNEL, "apparmorfs"},
    {0xcafe4a11, MOUNT_KERNEL, "bpf"},
    {0x6165676c, MOUNT_KERNEL, "pstore"},
    {0xde5e81e4, MOUNT_KERNEL, "efivarfs"},
    {0x19800202, MOUNT_KERNEL, "mqueue"},
    {0x958458f6, MOUNT_KERNEL, "hugetlbfs"},
    {0x62656570, MOUNT_KERNEL, "configfs"},
    {0x42494e4d, MOUNT_KERNEL, "binfmt_misc"},
    {0x6e736673, MOUNT_KERNEL, "nsfs"},
    {0x67596969, MOUNT_KERNEL, "rpc_pipefs"},
    {0x65735543, MOUNT_KERNEL, "fusectl"},
    {0x6e667364, MOUNT_KERNEL, "nfsd"},
    {0x07655821, MOUNT_KERNEL, "resctrl"},
    {0x9fa2, MOUNT_KERNEL, "usbdevfs"},
    {0x6969, MOUNT_REMOTE, "nfs"},
    {0x517b, MOUNT_REMOTE, "smb"},
    {0xff534d42, MOUNT_REMOTE, "cifs"},
    {0xfe534d42, MOUNT_REMOTE, "smb2"},
    {0x00c36400, MOUNT_REMOTE, "ceph"},
    {0x5346414f, MOUNT_REMOTE, "afs"},
    {0x6b414653, MOUNT_REMOTE, "afs"},
    {0x73757245, MOUNT_REMOTE, "coda"},
    {0x564c, MOUNT_REMOTE, "ncpfs"},
    {0x01021997, MOUNT_REMOTE, "9p"},
    {0x01161970, MOUNT_REMOTE, "gfs2"},
    {0x7461636f, MOUNT_REMOTE, "ocfs2"},
    {0x0bd00bd0, MOUNT_REMOTE, "lustre"},
    {0x47504653, MOUNT_REMOTE, "gpfs"},
    {0x20030528, MOUNT_REMOTE, "orangefs"},
    {0x786f4256, MOUNT_REMOTE, "vboxsf"},
    {0xbacbacbc, MOUNT_REMOTE, "vmhgfs"},
    {0x65735546, MOUNT_REMOTE, "fuse"},
    {0x0187, MOUNT_REMOTE, "autofs"},
};

enum mount_kind mount_kind(struct arena *mem, uint64_t magic, struct str *ret_name)
{
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].magic == (uint32_t)magic) {
            *ret_name = str_of(known[i].name);
            return known[i].kind;
        }
    /* Nobody knows whether reading it is safe: what may hang is not touched, and its absence is no secret. */
    *ret_name = str_print(mem, "file system 0x%llx", (unsigned long long)(uint32_t)magic);
    return MOUNT_REMOTE;
}
