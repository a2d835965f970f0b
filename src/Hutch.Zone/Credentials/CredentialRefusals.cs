using Hutch.Model;
using Hutch.Model.Zone;

namespace Hutch.Zone.Credentials;

/// <summary>What is said to those whose token, link or session is not good.</summary>
internal static class CredentialRefusals
{
    /// <summary>The refusal of an account that was disabled; null when it was not.</summary>
    public static HutchError? Disabled(UserRecord user) => user.DisabledAt is null
        ? null
        : (ErrorCode.Unauthenticated with { Advice = "Ask an administrator." }).With($"The account '{user.Name}' is disabled.");

    /// <summary>One text for an unknown id and for a wrong secret, so that guessing does not tell them apart.</summary>
    public static HutchError WrongToken() =>
        ErrorCode.Unauthenticated.With("This token is not valid here. Check that you copied all of it and that it is for this server.");

    /// <summary>What a token or link of another zone is told: it was sent to the wrong address.</summary>
    public static HutchError OtherZone(string named, string here) => ErrorCode.Unauthenticated.With(
        $"This token belongs to another Hutch installation (zone {named}); this one is zone {here}. Log in here for a token of its own, "
        + "and revoke this one if you do not trust this server.");

    /// <summary>What a token of one site is told at another: whoever runs that one could have used it.</summary>
    public static HutchError OtherSite(string? site) => ErrorCode.Unauthenticated.With(
        $"This token is for the site {site ?? "beside the zone"} and is refused everywhere else. Revoke it if you do not trust this "
        + "server, and make one for this site.");

    /// <summary>What a share link is told at a site: it opens at one address, whichever site has the dataset.</summary>
    public static HutchError LinkOfZone() => (ErrorCode.Unauthenticated with { Advice = "Open the link as you were given it." }).With(
        "Share links are opened at the public address of the zone, and at none of its sites.");

    /// <summary>What everybody is told at a site that does not know any more who was shut out.</summary>
    public static HutchError OldView(TimeSpan age) => ErrorCode.Unavailable.With(
        $"This site has heard nothing of its zone for {age.TotalHours:0} hours, and cannot say any more who may do what. What is public "
        + "can be read without a token.");

    public static HutchError WrongSession() => ErrorCode.Unauthenticated.With("Your session is no longer valid. Log in again.");

    /// <summary>The text for what is not known or not right.</summary>
    public static HutchError Wrong(CredentialKind kind) => kind == CredentialKind.Session ? WrongSession() : WrongToken();

    /// <summary>What it is called in a sentence.</summary>
    public static string Noun(CredentialKind kind) => kind switch
    {
        CredentialKind.Link => "share link",
        CredentialKind.Session => "session",
        _ => "token",
    };

    /// <summary>What its holder can do when it has ended: a sentence with a space before it, or nothing.</summary>
    public static string WhatToDo(CredentialKind kind) => kind switch
    {
        CredentialKind.Link => " Ask for a new one.",
        CredentialKind.Session => " Log in again.",
        _ => "",
    };
}
