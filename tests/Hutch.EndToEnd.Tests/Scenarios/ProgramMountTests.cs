using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Programs whose inputs are mounted, with the kernel of this machine. They need <c>/dev/fuse</c> and <c>fusermount3</c>.</summary>
public sealed class ProgramMountTests
{
    private const string Part = """
        title: Reads the end of a large file
        version: "1"
        stage: mount
        inputs: {gain: {types: [table], optional: true}}
        command: [sh, -c, 'tail -c 5 "$1/large" | cat - "$3/g" > "$2/end"; find "$1" "$3" -type f > "$2/files"; touch "$1/b" 2> "$2/denied" || true; grep -c fuse.hutch /proc/self/mounts > "$2/mounts"', sh, "{input}", "{output}", ["{gain}"]]
        requires: [end]
        """;

    private const string Careless = """
        title: Ignores what it cannot read
        version: "1"
        stage: mount
        command: [sh, -c, 'cat "$1/large" > /dev/null; echo made > "$2/made"', sh, "{input}", "{output}"]
        requires: [made]
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_program_reads_mounted_inputs_in_its_sandbox_and_no_mount_is_left_and_has_failed_if_a_read_of_one_has()
    {
        using TemporaryFolder folder = new();
        await using Installation installation = await Installation.StartAsync(Ct, "--config", Configure(folder));
        Account ada = await installation.NewUserAsync("ada", Ct);
        await PushAsync(ada);
        (await ada.RunShellAsync("mkdir gain && cd gain && echo gain > g && hutch init --name gain --type table && hutch push && hutch close gain", Ct)).AssertDone();

        (await ada.RunShellAsync("hutch program run part scan --output seen --watch && hutch clone seen seen", Ct)).AssertDone();

        string Seen(string file) => File.ReadAllText(Path.Combine(ada.WorkingFolder, "seen", file));
        Assert.Equal(("last\ngain\n", "2\n"), (Seen("end"), Seen("mounts")));
        Assert.Equal(["/input/deep/small", "/input/large", "/inputs/gain/g"], Seen("files").Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        Assert.Contains("Read-only file system", Seen("denied"), StringComparison.Ordinal);
        CommandResult mounts = await ada.RunShellAsync($"findmnt -n -o TARGET -t fuse.hutch | grep {installation.Server.DataFolder} || true; ls {installation.Server.DataFolder}/programs-scratch", Ct);
        Assert.DoesNotContain("input", mounts.AssertDone().Output, StringComparison.Ordinal);
        Assert.Equal("0", (await ada.RunShellAsync($"ls {installation.Server.DataFolder}/programs-scratch | grep -c -- '-1$' || true", Ct)).Output.Trim());

        CommandResult again = await ada.RunShellAsync("hutch rerun $(hutch runs list seen --json | jq -r .id)", Ct);
        Assert.Contains("equal in 5 of 5 files", again.AssertDone().Output, StringComparison.Ordinal);

        await DamageAsync(ada);
        CommandResult run = await ada.RunShellAsync("hutch program run careless scan --output made --watch", Ct);
        Assert.Contains("A read of an input failed", run.Errors, StringComparison.Ordinal);
        Assert.Contains("made", (await ada.RunAsync(Ct, "list", "made")).Output, StringComparison.Ordinal);
    }

    private static async Task PushAsync(Account ada) => (await ada.RunShellAsync(
        """
        mkdir -p scan/deep && cd scan && head -c 5000000 /dev/urandom > large && printf 'here it breaks' >> large
        head -c 5000000 /dev/urandom >> large && echo last >> large && echo small > deep/small
        hutch init --name scan && hutch push
        """, Ct)).AssertDone();

    /// <summary>Changes some bytes of the large file where the server stores it.</summary>
    private static async Task DamageAsync(Account ada) => (await ada.RunShellAsync(
        $"""
        /usr/bin/python3 - <<'PYTHON'
        import pathlib
        marker = b"here it breaks"
        for path in pathlib.Path("{ada.Server.DataFolder}").rglob("*"):
            if path.is_file() and (at := (data := path.read_bytes()).find(marker)) >= 0:
                with open(path, "r+b") as file:
                    file.seek(at); file.write(b"HERE")
                print(path)
        PYTHON
        """, Ct)).AssertDone();

    private static string Configure(TemporaryFolder folder)
    {
        string programs = Directory.CreateDirectory(folder["programs"]).FullName;
        File.WriteAllText(Path.Combine(programs, "part.yaml"), Part);
        File.WriteAllText(Path.Combine(programs, "careless.yaml"), Careless);
        File.WriteAllText(folder["hutch.yaml"], $"programs: {{folder: '{programs}'}}\n");
        return folder["hutch.yaml"];
    }
}
