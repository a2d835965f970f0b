using System.Text;
using Hutch.Agent.Conversion;
using Hutch.Model;

namespace Hutch.Agent.Tests.Conversion;

public sealed class Fs2OdConverterTests
{
    private const string Config = """
        watchedDirectories:
          - /volumes/volume1/
          - "/volumes/*/test"
        metadataFiles: [SPA.yml, TOMO.yml]
        metadataFileTags:
          onedata: Onedata2
          inviteToken: InviteToken
          removingTime: Until
        sleepFactor: 2
        continousFileImport:
          runningFileName: .acquiring
          scanInterval: 10800
        restAccess:
          onezone:
            host: zone.example.org
            apiToken: secret-token
        messaging:
          email:
            timeBeforeAction: [1m, 7d, 2h]
        dataReplication:
          timeUntilRemoved: "7d 5h"
          removeFromFilesystem: true
        colour: blue
        """;

    [Fact]
    public void The_folders_follow_with_the_names_that_scripts_know()
    {
        ConvertedConfiguration converted = Fs2OdConverter.Convert(Encoding.UTF8.GetBytes(Config)).Value;

        Assert.StartsWith(
            """
            agent:
              folders:
                - watch: "/volumes/volume1"
                  metadataFiles: ["SPA.yml", "TOMO.yml"]
                  runningFile: ".acquiring"
                  visibility: public # fs2od publishes everything at once; private and embargo are possible here
                  keep: "173h"
                  remind: ["30d", "7d", "2h"]
                  block:
                    name: Onedata2
                    space: Space
                    inviteToken: InviteToken
                    publicUrl: PublicURL
                    deniedProviders: DeniedProviders
                    removingTime: Until
                    inviteInBlock: true # as before; every reader of the file can use the invite
                - watch: "/volumes/*/test"

            """,
            converted.Yaml,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_lists_each_key_with_its_line_and_contains_no_secrets()
    {
        ConvertedConfiguration converted = Fs2OdConverter.Convert(Encoding.UTF8.GetBytes(Config)).Value;

        Assert.Equal(14, converted.Report.Count);
        Assert.Contains(converted.Report, key => key is { Line: 7, Key: "metadataFileTags.inviteToken" } && key.Outcome.Contains("stays in the block", StringComparison.Ordinal));
        Assert.Contains(converted.Report, key => key is { Key: "restAccess.onezone.apiToken" } && key.Outcome.Contains("revoke them there", StringComparison.Ordinal));
        Assert.Contains(converted.Report, key => key is { Key: "colour", Outcome: "unknown: fs2od has no such key. Not taken." });
        Assert.DoesNotContain("secret-token", converted.Yaml + string.Concat(converted.Report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("never", "keep. It counts from the end of the acquisition for every folder; fs2od counted from the day on which 'primary' was denied. At the end people are notified; files are removed only with 'evict: true'.")]
    [InlineData("now", "not taken: 'now' is no time span; the files are kept for ever.")]
    public void What_ends_never_or_now_gives_no_end(string text, string outcome)
    {
        string config = Config.Replace("7d 5h", text, StringComparison.Ordinal);

        ConvertedConfiguration converted = Fs2OdConverter.Convert(Encoding.UTF8.GetBytes(config)).Value;

        Assert.DoesNotContain("keep:", converted.Yaml, StringComparison.Ordinal);
        Assert.Equal(outcome, converted.Report.Single(key => key.Key == "dataReplication.timeUntilRemoved").Outcome);
    }

    /// <summary>mission 1.1: each outcome names what Hutch has instead.</summary>
    [Theory]
    [InlineData("dataReplication:\n  numberOfReplicas: 2\n", "not taken: a rule of the zone keeps copies, such as `hutch rule add '2 copies' --all`. The home counts, as with fs2od.")]
    [InlineData("dataReplication:\n  removeFromFilesystem: true\n", "not taken: 'evict: true' and 'close: true' remove files, once as many other sites as 'copies' says have proved that they hold them.")]
    [InlineData("messaging:\n  email:\n    to:\n      space_creation: [a@example.org]\n", "not taken: mail goes to the owner of the dataset and to the addresses that 'contacts' of the mapping names.")]
    [InlineData("fs2odMetadataFile:\n  enabled: true\n", "block.file, where it is true: the metadata file is never written then.")]
    public void Keys_that_are_not_converted_name_their_counterpart_in_Hutch(string section, string outcome)
    {
        ConvertedConfiguration converted = Fs2OdConverter.Convert(Encoding.UTF8.GetBytes("watchedDirectories: [/data]\n" + section)).Value;

        Assert.Equal(outcome, converted.Report[^1].Outcome);
    }

    /// <summary>mission 1.1: the mode in which fs2od leaves the file of the facility alone.</summary>
    [Theory]
    [InlineData("enabled: true", true)]
    [InlineData("enabled: False", false)]
    public void A_file_of_its_own_stays_one(string enabled, bool isBeside)
    {
        string config = $"watchedDirectories: [/data]\nfs2odMetadataFile:\n  {enabled}\n  filename: .access\n";

        ConvertedConfiguration converted = Fs2OdConverter.Convert(Encoding.UTF8.GetBytes(config)).Value;

        Assert.Equal(isBeside, converted.Yaml.Contains("        file: \".access\"\n", StringComparison.Ordinal));
    }

    [Fact]
    public void What_watches_nothing_is_refused() =>
        Assert.Equal(ErrorCode.Unprocessable, Fs2OdConverter.Convert("a: 1\n"u8).Error!.Code);
}
