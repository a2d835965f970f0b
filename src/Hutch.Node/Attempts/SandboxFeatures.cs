using System.ComponentModel;
using System.Diagnostics;

namespace Hutch.Node.Attempts;

/// <summary>The features of the sandbox on this machine, beyond the required minimum.</summary>
/// <param name="BoundsMemoryFiles">True if bubblewrap bounds file systems in memory.</param>
/// <param name="EndsNamespaces">True if bubblewrap keeps a command from making user namespaces of its own.</param>
/// <param name="HasOwnNetwork">True if a command can have a network without this machine's own addresses.</param>
/// <param name="Groups">The folders for control groups.</param>
public sealed record SandboxFeatures(bool BoundsMemoryFiles, bool EndsNamespaces, bool HasOwnNetwork, ControlGroups Groups)
{
    private const string True = "/bin/true";

    private static readonly string[] NetworkPrograms = ["slirp4netns", "ip", "unshare"];

    internal static SandboxFeatures None { get; } = new(false, false, false, ControlGroups.None);

    /// <summary>Tries them: an old bubblewrap does not know its options, and a unit or a container may forbid what they need.</summary>
    internal static async Task<SandboxFeatures> FindAsync(bool isRoot, CancellationToken ct)
    {
        string[] everything = ["--ro-bind", "/", "/"];
        Task<bool> sizes = TryAsync([.. everything, "--size", "65536", "--tmpfs", "/tmp", "--", True], ct);
        Task<bool> namespaces = isRoot
            ? Task.FromResult(false)
            : TryAsync([.. everything, "--proc", "/proc", "--unshare-user", "--disable-userns", "--", True], ct);
        return new SandboxFeatures(await sizes, await namespaces, Array.TrueForAll(NetworkPrograms, IsThere), ControlGroups.Find());
    }

    private static async Task<bool> TryAsync(string[] arguments, CancellationToken ct)
    {
        string[] words = [.. Sandbox.WithoutCapabilities, Sandbox.Program, .. arguments];
        try
        {
            using Process process = Process.Start(
                new ProcessStartInfo(words[0], words.Skip(1)) { RedirectStandardError = true, RedirectStandardOutput = true })!;
            await Task.WhenAll(process.StandardError.ReadToEndAsync(ct), process.StandardOutput.ReadToEndAsync(ct));
            await process.WaitForExitAsync(ct);
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false; // the check of the sandbox says that it is missing
        }
    }

    internal static bool IsThere(string program) => Sandbox.SearchPath.Split(':').Any(folder => File.Exists($"{folder}/{program}"));
}
