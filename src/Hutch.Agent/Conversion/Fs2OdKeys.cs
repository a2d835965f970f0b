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
        ["fs2odMetadataFile.enabled"] = "block.file, where it is true: the metadata file is never written then.",
        ["fs2odMetadataFile.filename"] = "block.file, where the file is enabled.",
        ["fs2odMetadataFile.storeAccessInfo"] = "not taken: the whole block is in one file. What operators wrote into the other still "
            + "counts.",
        ["fs2odMetadataFile"] = "block.file.",
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
        ["messaging.email.to"] = "not taken: mail goes to the owner of the dataset and to the addresses that 'contacts' of the "
            + "mapping names.",
        ["messaging.email.language"] = "not taken: mail is in English.",
        ["messaging"] = "not taken: set the section mail.",
        ["dataReplication.timeUntilRemoved"] = "keep. It counts from the end of the acquisition for every folder; fs2od counted from the "
            + "day on which 'primary' was denied. At the end people are notified; files are removed only with 'evict: true'.",
        ["dataReplication.removeFromFilesystem"] = "not taken: 'evict: true' and 'close: true' remove files, once as many other sites as "
            + "'copies' says have proved that they hold them.",
        ["dataReplication.numberOfReplicas"] = "not taken: a rule of the zone keeps copies, such as `hutch rule add 'N copies' --all`. The "
            + "home counts, as with fs2od.",
        ["dataReplication"] = "not taken: a rule of the zone keeps copies, see `hutch rule add`.",
    };

    /// <summary>The result for a key, or else for the nearest key above it.</summary>
    public static string OutcomeOf(string key, YamlValue value)
    {
        if (key == "dataReplication.numberOfReplicas" && value is YamlScalar { Text: var text }
            && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count > 0)
        {
            return Outcomes[key].Replace("N copies", count == 1 ? "1 copy" : $"{count} copies", StringComparison.Ordinal);
        }

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
