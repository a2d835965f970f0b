using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Hutch.Agent.Tests.Watching;

/// <summary>What tests do to real folders.</summary>
internal static class TestTree
{
    private const int Nobody = 65534;

    /// <summary>Runs a script of bash in a folder.</summary>
    public static void Run(string script, string folder)
    {
        using Process process = Process.Start(new ProcessStartInfo("bash", ["-euc", script]) { WorkingDirectory = folder })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    /// <summary>
    /// Runs something with the rights of an ordinary user, also where the tests run as root: a thread of its own takes the file rights of
    /// another user (setfsuid(2)).
    /// </summary>
    public static T AsNobody<T>(string folder, Func<T> action)
    {
        File.SetUnixFileMode(folder, (UnixFileMode)Convert.ToInt32("755", 8));
        T? result = default;
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            int before = SetFileUser(Nobody);
            try
            {
                result = action();
            }
            catch (Exception e)
            {
                failure = e;
            }
            finally
            {
                _ = SetFileUser(before);
            }
        });
        thread.Start();
        thread.Join();
        return failure is null ? result! : throw new InvalidOperationException("It failed as an ordinary user.", failure);
    }

    /// <summary>Returns when the clock of the file system has gone on by a step, as it surely has after the time that a test pretends to have passed.</summary>
    /// <param name="probe">A file that may be written.</param>
    public static void PassTime(string probe)
    {
        DateTime before = File.GetLastWriteTimeUtc(probe);
        while (File.GetLastWriteTimeUtc(probe) == before)
        {
            File.WriteAllText(probe, "");
        }
    }

    /// <summary>Makes, changes and removes files and directories by chance, some thousand times.</summary>
    public static void Disturb(ScannedFolder folder, int seed, bool withLinks = true)
    {
        var chance = new Random(seed);
        for (int i = 0; i < 5000; i++)
        {
            string directory = folder.At($"{seed}-{chance.Next(3)}");
            string file = Path.Combine(directory, $"{chance.Next(20)}");
            Directory.CreateDirectory(directory);
            switch (chance.Next(6))
            {
                case 0: File.Delete(file); break;
                case 1: File.AppendAllText(file, "1"); break;
                case 2 when withLinks: File.CreateSymbolicLink($"{file}-link-{i}", "target"); break;
                case 3 when chance.Next(10) == 0: Directory.Delete(directory, recursive: true); break;
                default: File.WriteAllText(file, "12"); break;
            }
        }
    }

    [DllImport("libc", EntryPoint = "setfsuid")]
    private static extern int SetFileUser(int user);
}
