namespace Hutch.Model.Sites;

/// <summary>What a site takes.</summary>
public enum SiteIntake
{
    /// <summary>Everything.</summary>
    Open,

    /// <summary>Only what it was asked to have already.</summary>
    NothingNew,

    /// <summary>Nothing; what it has can be read.</summary>
    ReadOnly,

    /// <summary>Nothing new; its operator empties it: what it has does not count, and comes elsewhere first.</summary>
    Draining,
}
