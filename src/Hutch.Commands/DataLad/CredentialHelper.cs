namespace Hutch.Commands.DataLad;

/// <summary>
/// A credential helper of git for one server, which reads <c>~/.netrc</c>. git and DataLad read that file themselves, but git-annex asks
/// git: without a helper, <c>git annex get</c> after a plain <c>git clone</c> is refused. It needs a shell and awk, which git has.
/// </summary>
internal static class CredentialHelper
{
    /// <summary>Matches the helper among those that users set themselves.</summary>
    private const string Own = "/\\.netrc";

    public static async Task SetAsync(GitProgram git, Uri server, bool isUsed, CancellationToken ct)
    {
        string name = $"credential.{server.GetLeftPart(UriPartial.Authority)}.helper";
        if (isUsed)
        {
            await git.DoAsync(["config", "--global", "--replace-all", name, TextOf(server.Host), Own], ct);
        }
        else
        {
            _ = await git.RequestAsync(["config", "--global", "--unset-all", name, Own], ct);
        }
    }

    /// <summary>The helper as a line of shell. Of the three requests of git it answers <c>get</c>.</summary>
    internal static string TextOf(string machine) =>
        "!f() { test \"$1\" != get || awk '$1 == \"machine\" && $2 == \"" + machine
        + "\" { print \"username=\" $4; print \"password=\" $6; exit }' ~/.netrc; }; f";
}
