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
                    inviteInBlock: true # as before; every reader of the metadata file can use the invite
                - watch: "/volumes/*/test"

            """,
            converted.Yaml,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Every_key_is_told_with_its_line_and_no_secret_is_repeated()
    {
        ConvertedConfiguration converted = Fs2OdConverter.Convert(Encoding.UTF8.GetBytes(Config)).Value;

        Assert.Equal(14, converted.Report.Count);
        Assert.Contains(converted.Report, key => key is { Line: 7, Key: "metadataFileTags.inviteToken" } && key.Outcome.Contains("stays in the block", StringComparison.Ordinal));
        Assert.Contains(converted.Report, key => key is { Key: "restAccess.onezone.apiToken" } && key.Outcome.Contains("revoke them there", StringComparison.Ordinal));
        Assert.Contains(converted.Report, key => key is { Key: "colour", Outcome: "unknown: fs2od has no such key. Not taken." });
        Assert.DoesNotContain("secret-token", converted.Yaml + string.Concat(converted.Report), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("never", "keep. It counts from the end of the acquisition for every folder; fs2od counted from the day on which 'primary' was denied. At the end people are notified; nothing is removed.")]
    [InlineData("now", "not taken: 'now' is no time span; the files are kept for ever.")]
    public void What_ends_never_or_now_gives_no_end(string text, string outcome)
    {
        string config = Config.Replace("7d 5h", text, StringComparison.Ordinal);

        ConvertedConfiguration converted = Fs2OdConverter.Convert(Encoding.UTF8.GetBytes(config)).Value;

        Assert.DoesNotContain("keep:", converted.Yaml, StringComparison.Ordinal);
        Assert.Equal(outcome, converted.Report.Single(key => key.Key == "dataReplication.timeUntilRemoved").Outcome);
    }

    [Fact]
    public void What_watches_nothing_is_refused() =>
        Assert.Equal(ErrorCode.Unprocessable, Fs2OdConverter.Convert("a: 1\n"u8).Error!.Code);
}
