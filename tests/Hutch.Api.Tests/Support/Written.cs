using System.Runtime.CompilerServices;

namespace Hutch.Api.Tests.Support;

/// <summary>Compares a text that the code writes with the file that people have read and accepted.</summary>
internal static class Written
{
    /// <summary>The path of a file whose place is known from that of the test.</summary>
    public static string PathOf(string relativePath, [CallerFilePath] string caller = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(caller)!, relativePath));

    /// <summary>Fails when they differ, and leaves the new text beside the file as <c>NAME.new</c>: read it, then move it over the file.</summary>
    public static void MustBe(string relativePath, string text, [CallerFilePath] string caller = "")
    {
        string path = PathOf(relativePath, caller);
        string accepted = File.Exists(path) ? File.ReadAllText(path) : "";
        if (accepted != text)
        {
            File.WriteAllText(path + ".new", text);
        }

        Assert.True(accepted == text, $"{path} is not what the code writes now. Read {path}.new as prose; if it is right, move it over the file.");
    }
}
