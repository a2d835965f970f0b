using Hutch.Disk.Folders;

namespace Hutch.Commands.DataLad;

/// <summary>
/// The file <c>~/.netrc</c>, in which git, DataLad and git-annex all look for a password. Only the line of one machine is ever changed.
/// </summary>
internal static class NetrcFile
{
    /// <summary>Sets the line of a machine, or removes it when there is no password.</summary>
    public static void Set(string path, string machine, string? password)
    {
        string[] others = File.Exists(path) ? [.. File.ReadAllLines(path).Where(line => !IsOf(line, machine))] : [];
        IEnumerable<string> lines = password is null ? others : others.Append($"machine {machine} login hutch password {password}");
        SmallFile.Replace(path, Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n"))), SmallFile.OwnerOnly);
    }

    public static bool Has(string path, string machine) => File.Exists(path) && File.ReadLines(path).Any(line => IsOf(line, machine));

    private static bool IsOf(string line, string machine) =>
        line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries) is ["machine", var name, _, ..] && name == machine;
}
