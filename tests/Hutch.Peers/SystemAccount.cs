using System.Diagnostics;

namespace Hutch.Peers;

/// <summary>The account of a program that refuses to run as root. Tests without root run it, and own its folder, as they are.</summary>
internal sealed class SystemAccount(string name)
{
    /// <summary>The words before a command that runs as this account.</summary>
    public string[] Enter { get; } = Environment.IsPrivilegedProcess
        ? ["setpriv", "--reuid", name, "--regid", name, "--init-groups", "--pdeathsig", "TERM"]
        : ["env"];

    /// <summary>Gives it a folder with its content.</summary>
    public async Task OwnAsync(string folder, CancellationToken ct)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return;
        }

        using Process change = Process.Start("chown", ["--recursive", name, folder]);
        await change.WaitForExitAsync(ct);
        if (change.ExitCode != 0)
        {
            throw new InvalidOperationException($"{folder} could not be given to {name}: is all installed (./run install test)?");
        }
    }
}
