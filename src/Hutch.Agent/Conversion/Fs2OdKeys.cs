namespace Hutch.Agent.Conversion;

/// <summary>
/// The result for each key of an fs2od configuration (https://github.com/CERIT-SC/fs2od, app/config.yaml). A key covers all keys below it.
/// </summary>
internal static class Fs2OdKeys
{
    private const string NoOnedata = "not needed: there is no Onedata behind Hutch.";
    private const string NoWaiting = "not needed: nothing waits for other services.";

    private static readonly Dictionary<string, string> Outcomes = new(StringComparer.Ordinal)
    {
        ["watchedDirectories"] = "agent.folders, one entry each.",
        ["metadataFiles"] = "metadataFiles.",
        ["metadataFileTags.onedata"] = "block.name.",
        ["metadataFileTags.space"] = "block.space.",
        ["metadataFileTags.publicURL"] = "block.publicUrl.",
        ["metadataFileTags.inviteToken"] = "block.inviteToken. The invite stays in the block, where scripts expect it: every reader of "
            + "the metadata file can use it. Remove 'inviteInBlock' to have it in .hutch-invite, for its owner only.",
        ["metadataFileTags.deniedProviders"] = "block.deniedProviders.",
        ["metadataFileTags.removingTime"] = "block.removingTime.",
        ["metadataFileTags.onezone"] = "not written: the server's address is in the PublicURL. A key that is there stays.",
        ["metadataFileTags.lastProgramRun"] = "not written: nothing runs in passes. A key that is there stays.",
        ["metadataFileTags.lastEmailSent"] = "not written. A key that is there stays.",
        ["fs2odMetadataFile"] = "not taken: the block is in the metadata file. Where fs2od kept 'DeniedProviders' and 'RemovingTime' in a "
            + "file of its own, they are not read there: write them into the block.",
        ["institutionName"] = "not taken: set server.name to the name of the site.",
        ["datasetPrefix"] = "not taken: a dataset has the name of its folder.",
        ["importMetadata"] = "not needed: all of the metadata file is the dataset's metadata, personal keys for members only.",
        ["parseMetadataToShare"] = "not needed: the page of the dataset shows the metadata.",
        ["verboseLevel"] = "not taken: see the section log.",
        ["testMode"] = "not needed: `hutch agent dry-run` shows what would happen, and changes nothing.",
        ["testModePrefix"] = "not needed: see testMode.",
        ["sleepFactor"] = NoWaiting,
        ["continousFileImport.enabled"] = "not needed: changes are always seen.",
        ["continousFileImport.runningFileName"] = "runningFile.",
        ["continousFileImport"] = "not needed: changes, new and removed files are always seen.",
        ["initialPOSIXlikePermissions"] = "not needed: files are served with the rights of the dataset; their modes stay as they are.",
        ["userGroupId"] = NoOnedata,
        ["implicitSpaceSize"] = NoOnedata,
        ["serviceUserId"] = NoOnedata,
        ["managerGroupId"] = NoOnedata,
        ["dareg"] = "not taken: follow the server's events instead, at /api/v1/events.",
        ["restAccess"] = NoOnedata + " The tokens in it are still valid at Onedata: revoke them there.",
        ["messaging.credentials"] = "not taken: set the section mail.",
        ["messaging.email.timeBeforeAction"] = "remind.",
        ["messaging"] = "not taken: set the section mail.",
        ["dataReplication.timeUntilRemoved"] = "keep. It counts from the end of the acquisition for every folder; fs2od counted from the "
            + "day on which 'primary' was denied. At the end people are notified; nothing is removed.",
        ["dataReplication.removeFromFilesystem"] = "not taken: Hutch deletes no file of the facility before other sites hold it.",
        ["dataReplication"] = "not taken: set placement rules when there are other sites.",
    };

    /// <summary>The result for a key, or else for the nearest key above it.</summary>
    public static string OutcomeOf(string key)
    {
        for (string at = key; at.Length > 0; at = at[..Math.Max(0, at.LastIndexOf('.'))])
        {
            if (Outcomes.TryGetValue(at, out string? outcome))
            {
                return outcome;
            }
        }

        return "unknown: fs2od has no such key. Not taken.";
    }
}
