namespace Hutch.Model.Sites;

public enum SiteIntake
{
    /// <summary>All data.</summary>
    Open,

    /// <summary>Only data of copies that it was asked for earlier.</summary>
    NothingNew,

    /// <summary>None. Existing data can be read.</summary>
    ReadOnly,

    /// <summary>No new data: the operator empties the site. Its copies do not count, and are first made elsewhere.</summary>
    Draining,
}
