using Hutch.Disk.Folders;

namespace Hutch.DataLadClient;

/// <summary>
/// The file <c>~/.netrc</c>, in which git, DataLad and git-annex all look for a password. Only the line of one machine is ever changed.
/// </summary>
public static class NetrcFile
{
    /// <summary>The file of a user.</summary>
    public static string PathOf(Func<string, string?> environment) => Path.Combine(environment("HOME") ?? "/", ".netrc");

    /// <summary>Returns the password of a machine; null for none.</summary>
    public static string? Find(string path, string machine) => !File.Exists(path) ? null : File.ReadLines(path)
        .Where(line => IsOf(line, machine))
        .Select(static line => Words(line) is [_, _, "login", _, "password", var password, ..] ? password : null)
        .FirstOrDefault();

    /// <summary>Sets the line of a machine, or removes it when there is no password.</summary>
    public static void Set(string path, string machine, string? password)
    {
        string[] others = File.Exists(path) ? [.. File.ReadAllLines(path).Where(line => !IsOf(line, machine))] : [];
        IEnumerable<string> lines = password is null ? others : others.Append($"machine {machine} login hutch password {password}");
        SmallFile.Replace(path, Encoding.UTF8.GetBytes(string.Concat(lines.Select(static line => line + "\n"))), SmallFile.OwnerOnly);
    }

    private static bool IsOf(string line, string machine) =>
        Words(line) is ["machine", var name, _, ..] && name == machine;

    private static string[] Words(string line) => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
}
