using System.Diagnostics;

namespace Hutch.DataLadClient;

/// <param name="settings">Settings for this git alone; they are passed in the environment, where other users cannot see them.</param>
public sealed class GitProgram(string folder, params IReadOnlyList<(string Name, string Value)> settings)
{
    /// <summary>Variables that git-annex sets for the programs that it starts, as paths relative to its own folder.</summary>
    private static readonly string[] OfAnother = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

    /// <summary>Returns its output; null when it ends with an error.</summary>
    public async Task<string?> RequestAsync(string[] arguments, CancellationToken ct)
    {
        (int code, string output, _) = await RunAsync(arguments, "", ct);
        return code == 0 ? output.TrimEnd('\n') : null;
    }

    /// <summary>Returns its output; it must succeed.</summary>
    public async Task<string> ReadAsync(string[] arguments, CancellationToken ct)
    {
        (int code, string output, string error) = await RunAsync(arguments, "", ct);
        return code == 0 ? output.TrimEnd('\n') : throw Failure(arguments, error).ToException();
    }

    /// <summary>Returns its output for an input. Both are bytes, each as the character of the same number.</summary>
    public async Task<string> FeedAsync(string[] arguments, string input, CancellationToken ct)
    {
        (int code, string output, string error) = await RunAsync(arguments, input, ct, Encoding.Latin1);
        return code == 0 ? output : throw Failure(arguments, error).ToException();
    }

    /// <summary>Does something that must succeed.</summary>
    public async Task DoAsync(string[] arguments, CancellationToken ct)
    {
        (int code, string output, string error) = await RunAsync(arguments, "", ct);
        if (code != 0)
        {
            throw Failure(arguments, error + output).ToException();
        }
    }

    private static HutchError Failure(string[] arguments, string words) =>
        ErrorCode.Unprocessable.With($"`git {string.Join(' ', arguments)}` failed: {words.Trim()}");

    private async Task<(int Code, string Output, string Error)> RunAsync(
        string[] arguments, string input, CancellationToken ct, Encoding? encoding = null)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            StandardInputEncoding = encoding,
            StandardOutputEncoding = encoding,
        };
        foreach (string variable in OfAnother)
        {
            start.Environment.Remove(variable);
        }

        for (int i = 0; i < settings.Count; i++)
        {
            start.Environment[$"GIT_CONFIG_KEY_{i}"] = settings[i].Name;
            start.Environment[$"GIT_CONFIG_VALUE_{i}"] = settings[i].Value;
        }

        if (settings.Count > 0)
        {
            start.Environment["GIT_CONFIG_COUNT"] = settings.Count.ToString(CultureInfo.InvariantCulture);
            start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        }

        string output = "";
        (int code, string error) = await ForeignProgram.RunAsync(
            start, input, async said => output = await said.ReadToEndAsync(ct), "install git, git-annex and DataLad", ct);
        return (code, output, error);
    }
}
