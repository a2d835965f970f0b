namespace Hutch.Model.Zone;

/// <summary>The states of a copy.</summary>
public static class CopyStates
{
    /// <summary>The site has said nothing of it yet.</summary>
    public const string Pending = "pending";

    /// <summary>It comes.</summary>
    public const string Running = "running";

    /// <summary>All of a history is there, verified. What the home has written since follows.</summary>
    public const string Complete = "complete";

    /// <summary>It does not come; the problem says why. It is tried again by itself.</summary>
    public const string Failed = "failed";

    /// <summary>
    /// The site has no room for it, by its disk or by the quota of its owner there. It is tried again by itself, but somebody has to make
    /// room.
    /// </summary>
    public const string Refused = "refused";

    /// <summary>The home has deleted the dataset, and the site has its copy in a trash of its own.</summary>
    public const string Trash = "trash";

    /// <summary>The home has deleted the dataset, and whoever runs the site has restored its copy there.</summary>
    public const string Restored = "restored";

    /// <summary>A rule had chosen the site, and none wants the copy any more: it ends by the trash of the site.</summary>
    public const string Released = "released";

    /// <summary>The copy has ended at the site. The zone forgets it then.</summary>
    public const string Gone = "gone";

    /// <summary>What a site may say.</summary>
    public static bool IsOne(string state) => state is Running or Complete or Failed or Refused or Trash or Restored or Gone;
}
