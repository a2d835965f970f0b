
namespace Hutch.DataLadClient;

/// <summary>
/// The credential helper of git for one server (git-scm.com/docs/git-credential). git and git-annex ask it for a password, and get the
/// token of the login at that server; at a site, one that is made from the login at its zone and renewed.
/// </summary>
public static class CredentialHelper
{
    public const string Verb = "credential";

    /// <summary>Matches the helper among those of the user, in the form of earlier versions, too.</summary>
    private const string Own = @"datalad credential$|/\.netrc";

    /// <summary>The arguments of git that set the helper of a server.</summary>
    /// <param name="program">This program as a command of a shell.</param>
    public static string[] Set(Uri server, string scope, string program) =>
        // The mark makes it a command of a shell; git appends its request, such as `get`.
        ["config", scope, "--replace-all", NameOf(server), $"!{program} datalad {Verb}", Own];

    /// <summary>The arguments of git that remove it.</summary>
    public static string[] Unset(Uri server, string scope) => ["config", scope, "--unset-all", NameOf(server), Own];

    private static string NameOf(Uri server) => $"credential.{server.GetLeftPart(UriPartial.Authority)}.helper";
}
