namespace Hutch.Model.Zone;

public static class CopyStates
{
    /// <summary>The site has not reported yet.</summary>
    public const string Pending = "pending";

    /// <summary>The copy is in progress.</summary>
    public const string Running = "running";

    /// <summary>A complete history is here and verified. Later changes of the home follow.</summary>
    public const string Complete = "complete";

    /// <summary>The copy makes no progress; the problem says why. It is retried automatically.</summary>
    public const string Failed = "failed";

    /// <summary>
    /// The site has no space for it, on its disk or in the quota of its owner there. It is retried automatically, but someone must free
    /// space.
    /// </summary>
    public const string Refused = "refused";

    /// <summary>The home has deleted the dataset, and the site's copy is in its own trash.</summary>
    public const string Trash = "trash";

    /// <summary>The home has deleted the dataset, and an operator of the site has restored its copy there.</summary>
    public const string Restored = "restored";

    /// <summary>A rule had chosen the site, and no rule wants the copy any more: it goes to the site's trash.</summary>
    public const string Released = "released";

    /// <summary>The copy has ended at the site. The zone then forgets it.</summary>
    public const string Gone = "gone";

    public static bool IsOne(string state) => state is Running or Complete or Failed or Refused or Trash or Restored or Gone;
}
