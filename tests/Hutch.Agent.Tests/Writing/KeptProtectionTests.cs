using System.Diagnostics;
using Hutch.Agent.Tests.Watching;
using Hutch.Agent.Writing;
using Hutch.Types.Yaml;

namespace Hutch.Agent.Tests.Writing;

/// <summary>Who may do what with a metadata file stays as it was, on the file system that is here; where it cannot, the file is not replaced.</summary>
public sealed class KeptProtectionTests : IDisposable
{
    private const string Space = "Space";

    // Owner, group, mode, access lists, and the extended attributes that users set.
    private const string Show = """
        import os
        s = os.stat("SPA.yml")
        print(s.st_uid, s.st_gid, oct(s.st_mode))
        for name in sorted(os.listxattr("SPA.yml")):
            if name.startswith(("user.", "system.")):
                print(name, os.getxattr("SPA.yml", name).hex())
        """;

    // An access list as the kernel has it (linux/posix_acl_xattr.h): the version, then tag, permissions and id of each entry.
    private const string SetList = """
        import os, struct
        def access(*entries):
            return struct.pack("<I", 2) + b"".join(struct.pack("<HHI", tag, may, who) for tag, may, who in entries)
        NOBODY = 0xFFFFFFFF
        LIST = access((1, 6, NOBODY), (2, 6, 12347), (4, 4, NOBODY), (16, 6, NOBODY), (32, 0, NOBODY))
        """;

    private static readonly BlockWriter Writer = new(new YamlLimits());

    private readonly string _root = Directory.CreateTempSubdirectory("agent-").FullName;

    public KeptProtectionTests() => Directory.CreateDirectory(Folder);

    private string Folder => Path.Combine(_root, "session");

    private string File => Path.Combine(Folder, "SPA.yml");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Owner_access_list_and_attributes_stay()
    {
        // Only root may give a file away.
        string owner = Environment.IsPrivilegedProcess ? "os.chown('SPA.yml', 12345, 12346)" : "";
        System.IO.File.WriteAllText(File, "A: 1\n");
        Python($"""
            {SetList}
            {owner}
            os.setxattr("SPA.yml", "system.posix_acl_access", LIST)
            os.setxattr("SPA.yml", "user.comment", b"of the facility\0")
            """);
        string before = Python(Show);

        WrittenBlock written = Write();

        Assert.Equal((BlockLocation.MetadataFile, null), (written.Place, written.Notice));
        Assert.Equal("A: 1\nHutch:\n  Space: d1\n", System.IO.File.ReadAllText(File));
        Assert.Equal(before, Python(Show));
        Assert.Contains("system.posix_acl_access", before, StringComparison.Ordinal);
        Assert.Contains("user.comment", before, StringComparison.Ordinal);
        Assert.Equal([File], Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public void What_a_new_file_would_inherit_from_its_folder_the_metadata_file_does_not_get()
    {
        System.IO.File.WriteAllText(File, "A: 1\n");
        Python($"""
            {SetList}
            os.chmod("SPA.yml", 0o640)
            os.setxattr(".", "system.posix_acl_default", LIST)
            """);
        string before = Python(Show);

        Write();

        Assert.Equal(before, Python(Show));
        Assert.DoesNotContain("posix_acl", before, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_given_back_to_its_owner_is_left_alone_and_the_operator_reads_where_the_block_is()
    {
        Assert.True(Environment.IsPrivilegedProcess, "Run this test as root: it needs a file of another user.");
        System.IO.File.WriteAllText(File, "A: 1\n");
        Python("import os; os.chmod('SPA.yml', 0o666); os.chmod('.', 0o777)");
        string before = Python(Show);

        WrittenBlock written = TestTree.AsNobody(_root, Write);

        Assert.Equal(BlockLocation.SideFile, written.Place);
        Assert.Equal(
            "the owner or the access rights of 'SPA.yml' cannot be kept by this server's user, so the block is in '.hutch-SPA.yml' beside it. "
            + "Run the server as the owner of the files, or as a user that may give files away.",
            written.Notice);
        Assert.Equal(before, Python(Show));
        Assert.Equal("A: 1\n", System.IO.File.ReadAllText(File));
        Assert.Equal("Hutch:\n  Space: d1\n", System.IO.File.ReadAllText(Path.Combine(Folder, ".hutch-SPA.yml")));
        Assert.Equal(2, Directory.GetFileSystemEntries(Folder).Length);
    }

    private WrittenBlock Write()
    {
        using var folder = MetadataFolder.Open(Folder);
        WrittenBlock written = Writer.Write(folder, "SPA.yml", "Hutch", [new(Space, "d1")]).Value;
        Writer.Finish(folder, "SPA.yml");
        return written;
    }

    private string Python(string script)
    {
        var start = new ProcessStartInfo("python3", ["-c", script]) { WorkingDirectory = Folder, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
