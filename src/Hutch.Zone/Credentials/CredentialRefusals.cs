namespace Hutch.Zone.Credentials;

internal static class CredentialRefusals
{
    public static HutchError? Disabled(UserRecord user) => user.DisabledAt is null
        ? null
        : (ErrorCode.Unauthenticated with { Advice = "Ask an administrator." }).With($"The account '{user.Name}' is disabled.");

    /// <summary>Returns one text for an unknown id and for a wrong secret, so that guessing does not distinguish them.</summary>
    public static HutchError WrongToken() =>
        ErrorCode.Unauthenticated.With("This token is not valid here. Check that you copied all of it and that it is for this server.");

    /// <summary>Returns the refusal of a token or link of another zone, which was sent to the wrong address.</summary>
    public static HutchError OtherZone(string named, string here) => ErrorCode.Unauthenticated.With(
        $"This token belongs to another Hutch installation (zone {named}); this one is zone {here}. Log in here for a token of its own, "
        + "and revoke this one if you do not trust this server.");

    /// <summary>Returns the refusal of another site's token: the operator of this site could have misused it.</summary>
    public static HutchError OtherSite(string? site) => ErrorCode.Unauthenticated.With(
        $"This token is for the site {site ?? "beside the zone"} and is refused everywhere else. Revoke it if you do not trust this "
        + "server, and make one for this site.");

    /// <summary>
    /// Returns the refusal of a share link at a site: links open only at the zone's address, whichever site has the dataset.
    /// </summary>
    public static HutchError LinkOfZone() => (ErrorCode.Unauthenticated with { Advice = "Open the link as you were given it." }).With(
        "Share links are opened at the public address of the zone, and at none of its sites.");

    /// <summary>Returns the refusal of an attempt of a run that is not the newest, has ended, or never was.</summary>
    public static HutchError OldAttempt() => (ErrorCode.Unauthenticated with { Advice = "" }).With(
        "This attempt of a run is not current: the run continues without it, or has ended.");

    /// <summary>Returns the refusal of later work at a site for an account without a suitable token for it.</summary>
    public static HutchError NoSiteToken(string site, string message) => (ErrorCode.Unprocessable with
    {
        Advice = $"Let that account create one at the zone: `hutch token create --site {site}`.",
    }).With(message);

    public static HutchError EndOfScreen() => (ErrorCode.Unauthenticated with
    {
        Advice = "An administrator makes a new one: `hutch token create --instrument NAME`. Open the screen with it.",
    }).With("The token of this screen was revoked or has expired.");

    public static HutchError WrongSession() => ErrorCode.Unauthenticated.With("Your session is no longer valid. Log in again.");

    public static HutchError Wrong(CredentialKind kind) => kind == CredentialKind.Session ? WrongSession() : WrongToken();

    public static string Noun(CredentialKind kind) => kind switch
    {
        CredentialKind.Link => "share link",
        CredentialKind.Session => "session",
        _ => "token",
    };

    /// <summary>Returns the advice for an ended credential: a sentence that begins with a space, or nothing.</summary>
    public static string WhatToDo(CredentialKind kind) => kind switch
    {
        CredentialKind.Link => " Ask for a new one.",
        CredentialKind.Session => " Log in again.",
        _ => "",
    };
}
