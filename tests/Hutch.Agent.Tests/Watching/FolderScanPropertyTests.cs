using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Hutch.Agent.Watching;

namespace Hutch.Agent.Tests.Watching;

/// <summary>
/// Whatever is done to a folder, and whenever it is looked at meanwhile: the changes that the looks told make up the tree that a plain walk
/// finds.
/// </summary>
[Trait("Quick", "no")]
public sealed class FolderScanPropertyTests
{
    private static readonly string[] Paths = ["a", "b", "a/a", "a/b", "b/c", "a/b/c", "a/b/ü", "c/d/e/f", "c/d", "SPA.yml"];

    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(500).WithEndSize(150);

    [Fact]
    public void Looks_add_up_to_the_tree_when_the_kernel_reports() => ForAll(isReported: true);

    [Fact]
    public void Scans_add_up_to_the_tree_without_kernel_reports_if_one_scan_is_thorough() => ForAll(isReported: false);

    [Fact]
    public void Looks_add_up_to_the_tree_where_little_is_known_of_the_mount() =>
        ForAll(isReported: false, new MountKind("fuse.any", IsNetwork: true, KeepsInodes: false, KeepsFolderTimes: false, Advice: null));

    private static void ForAll(bool isReported, MountKind? mount = null) => Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), steps =>
    {
        using var folder = new ScannedFolder(mount: mount);
        HashSet<string> reported = [];
        for (int i = 0; i + 3 < steps.Length; i += 4)
        {
            switch (steps[i] % 12)
            {
                case 0:
                    folder.Look([.. isReported ? reported : []]);
                    reported.Clear();
                    break;
                case 1:
                    folder.Advance(TimeSpan.FromSeconds(steps[i + 1] switch { < 100 => 1, < 200 => 40, _ => 4000 }));
                    break;
                default:
                    Change(folder, steps[i], Pick(steps[i + 1]), Pick(steps[i + 2]), steps[i + 3], reported);
                    break;
            }
        }

        folder.LookThrough(isReported ? ScanReasons.Changed : ScanReasons.Round, [.. isReported ? reported : []]);
        Assert.Equal(folder.Walk(), folder.Told);
    }).Check(Runs);

    private static string Pick(byte number) => Paths[number % Paths.Length];

    private static void Change(ScannedFolder folder, byte kind, string path, string other, byte number, HashSet<string> reported)
    {
        (string at, string to) = (folder.At(path), folder.At(other));
        try
        {
            switch (kind % 10)
            {
                case 0: Directory.CreateDirectory(at); break;
                case 1: File.AppendAllText(at, "1"); break;
                case 2: File.Delete(at); break;
                case 3: Directory.Delete(at, recursive: true); break;
                case 4: Directory.Move(at, to); break;
                case 5: File.Move(at, to, overwrite: true); break;
                case 6: File.CreateSymbolicLink(at, number.ToString(CultureInfo.InvariantCulture)); break;
                case 7: File.SetUnixFileMode(at, (UnixFileMode)Convert.ToInt32(number % 2 == 0 ? "644" : "755", 8)); break;
                case 8: Replace(folder, at, number); break;
                default: folder.Write(path, new string('x', number)); break;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Something else stands there: nothing has changed.
        }

        reported.Add(Above(path));
        reported.Add(Above(other));
    }

    private static void Replace(ScannedFolder folder, string at, byte number)
    {
        File.WriteAllText(folder.Beside("new"), new string('y', number));
        File.Move(folder.Beside("new"), at, overwrite: true);
    }

    private static string Above(string path) => path.LastIndexOf('/') is > 0 and int slash ? path[..slash] : "";
}
