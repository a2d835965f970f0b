using Hutch.Testing;

namespace Hutch.Disk.Tests;

/// <summary>C4: control groups are found on systems of version 1, of version 2, and of both.</summary>
public sealed class ControlGroupsTests
{
    private const string Unified = "29 22 0:25 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate";

    [Theory]
    [InlineData("0::/system.slice/hutch.service/hutch-server", "/sys/fs/cgroup/system.slice/hutch.service")]
    [InlineData("0::/", "/sys/fs/cgroup")]
    public void With_version_2_sibling_groups_are_available_where_controllers_are_delegated(string group, string place)
    {
        Assert.Equal(new ControlGroups(place, place), ControlGroups.Find([group], [Unified], static _ => "cpu memory pids"));
        Assert.Equal(new ControlGroups(null, place), ControlGroups.Find([group], [Unified], static _ => "pids"));
        Assert.Equal(ControlGroups.None, ControlGroups.Find([group], [Unified], static _ => ""));
    }

    [Fact]
    public void Version_1_has_a_tree_for_each_controller_which_a_container_shows_from_its_own_group_on()
    {
        string[] mounts =
        [
            "35 31 0:32 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory",
            "39 31 0:36 /docker/1 /sys/fs/cgroup/pids rw,relatime - cgroup cgroup rw,pids",
            "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw",
        ];

        ControlGroups found = ControlGroups.Find(
            ["8:pids:/docker/1", "4:memory,hugetlb:/a/b", "1:name=systemd:/", "0::/"], mounts, static _ => "");

        Assert.Equal(new ControlGroups("/sys/fs/cgroup/memory/a/b", "/sys/fs/cgroup/pids"), found);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_group_is_bounded_and_read_by_the_files_of_its_version(bool isUnified)
    {
        using var folder = new TemporaryFolder();
        string[] files = isUnified ? ["memory.max", "memory.swap.max", "memory.oom.group"] : ["memory.limit_in_bytes", "memory.swappiness"];
        string[] bounds = isUnified ? ["67108864", "0", "1"] : ["67108864", "0"];
        string events = isUnified ? "memory.events" : "memory.oom_control";
        foreach (string file in (string[])[.. files, "pids.max", "cgroup.procs"])
        {
            folder.Write(file, "");
        }

        folder.Write(events, "low 0\noom_kill 0\n");
        folder.Write("pids.events", "max 0\n");
        ControlGroup.BoundMemory(folder.Path, 64 << 20);
        ControlGroup.BoundProcesses(folder.Path, 240);
        var group = new ControlGroup(folder.Path, folder.Path, TimeProvider.System);

        Assert.Equal(bounds, files.Select(folder.Read));
        Assert.Equal("240", folder.Read("pids.max"));
        Assert.Equal([folder["cgroup.procs"]], group.Entrances);
        Assert.False(group.HasRunOutOfMemory || group.HasRunOutOfProcesses);
        folder.Write(events, "oom 3\noom_kill 1\n");
        folder.Write("pids.events", "max 2\n");
        Assert.True(group is { HasRunOutOfMemory: true, HasRunOutOfProcesses: true });
    }

    [Fact]
    public void A_system_without_groups_has_none() => Assert.Equal(ControlGroups.None, ControlGroups.Find([], [], static _ => ""));
}
