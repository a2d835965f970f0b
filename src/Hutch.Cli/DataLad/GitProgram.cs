using System.ComponentModel;
using System.Diagnostics;
using Hutch.Model;

namespace Hutch.Cli.DataLad;

/// <summary>Runs git in a folder.</summary>
internal sealed class GitProgram(string folder)
{
    /// <summary>What git-annex tells the programs that it starts, as paths from where it stands itself.</summary>
    private static readonly string[] OfAnother = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"];

    /// <summary>What it says; null when it ends with an error.</summary>
    public async Task<string?> AskAsync(string[] arguments, CancellationToken ct)
    {
        (int code, string output, _) = await RunAsync(arguments, ct);
        return code == 0 ? output.TrimEnd('\n') : null;
    }

    /// <summary>Does something that must succeed.</summary>
    public async Task DoAsync(string[] arguments, CancellationToken ct)
    {
        (int code, string output, string error) = await RunAsync(arguments, ct);
        if (code != 0)
        {
            throw ErrorCode.Unprocessable.With($"`git {string.Join(' ', arguments)}` failed: {(error + output).Trim()}").ToException();
        }
    }

    private async Task<(int Code, string Output, string Error)> RunAsync(string[] arguments, CancellationToken ct)
    {
        var start = new ProcessStartInfo("git", arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string variable in OfAnother)
        {
            start.Environment.Remove(variable);
        }

        try
        {
            using Process process = Process.Start(start)!;
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync(ct);
            string output = await process.StandardOutput.ReadToEndAsync(ct);
            await process.WaitForExitAsync(ct);
            return (process.ExitCode, output, await error);
        }
        catch (Win32Exception)
        {
            throw ErrorCode.NotFound.With("The program git cannot be started: install git, git-annex and DataLad.").ToException();
        }
    }
}
