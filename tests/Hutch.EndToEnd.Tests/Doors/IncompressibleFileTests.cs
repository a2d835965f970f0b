using Hutch.EndToEnd.Tests.Harness;

namespace Hutch.EndToEnd.Tests.Doors;

/// <summary>
/// Files that no compressor makes smaller, of odd sizes up to 65 MB, through each door and back: limits that are derived from a compressor,
/// a buffer or an extent show here.
/// </summary>
public sealed class IncompressibleFileTests(SharedServer shared, Noise noise) : IClassFixture<Noise>
{
    private const string Curl = "curl -sS --fail --max-time 300";

    private const string CommitAndClone = """
        git remote add origin $GIT && git add . && git commit -qm noise && git push -q origin main && git clone -q $GIT ../back
        rm -rf .git ../back/.git
        """;

    private const string Annex = """
        export PATH=~/.local/bin:$(dirname "$(command -v hutch)"):/usr/local/bin:/usr/bin:/bin DATALAD_UI_PROGRESSBAR=none
        rmdir ../back && datalad create -f . && datalad save && hutch datalad enable annexed && datalad push --to hutch
        datalad clone "ria+$URL/ria#~$OWNER/annexed" ../back && (cd ../back && datalad get .)
        for end in sent back; do (cd ../$end && git annex unlock -q . && chmod -R u+w .git && rm -rf .git .datalad .gitattributes); done
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("REST", $"for f in *; do {Curl} -H \"$BEARER\" -T $f $ENTRIES/$f; {Curl} -H \"$BEARER\" -o ../back/$f $ENTRIES/$f; done")]
    [InlineData("S3", "rclone copy . h:noise && rclone copy h:noise ../back")]
    [InlineData("WebDAV", $"for f in *; do {Curl} -u x:$TOKEN -T $f $DAV/$f; {Curl} -u x:$TOKEN -o ../back/$f $DAV/$f; done")]
    [InlineData("git", $"git init -qb main && {CommitAndClone}")]
    [InlineData("LFS", $"git init -qb main && git lfs install --local >/dev/null && git lfs track '*.bin' >/dev/null && {CommitAndClone}")]
    [InlineData("annex", Annex)]
    [InlineData("push", "hutch init --name pushed -q && hutch push -q && rmdir ../back && hutch clone pushed ../back -q && rm -rf .hutch ../back/.hutch")]
    public async Task Noise_of_any_size_comes_back_as_it_was_sent(string door, string commands)
    {
        using Account person = await shared.NewAccountAsync(Ct);
        string prepare = door switch
        {
            "S3" => await RcloneAsync(person),
            "git" or "LFS" or "annex" => $"export GIT={Url(person, "git", "sent")} GIT_TERMINAL_PROMPT=0 OWNER={person.Name}\n"
                + $"export URL={person.Server.Address.GetLeftPart(UriPartial.Authority)}; git config --global core.compression 0\n"
                + "git config --global user.name ann; git config --global user.email ann@example.org; hutch datalad login >/dev/null",
            "push" => "",
            _ => "mkdir noise && (cd noise && hutch init --name noise -q)\n"
                + $"export BEARER='Authorization: Bearer {person.Token}' TOKEN={person.Token} DAV={Url(person, "dav", "noise")}\n"
                + $"export ENTRIES={person.Server.Address}api/v1/datasets/$(hutch info noise --json | jq -r .id)/entries",
        };

        (await person.RunShellAsync(
            $"""
            {prepare}
            mkdir sent back && cd sent
            cp {(door is "git" or "LFS" or "annex" ? "" : "-l ")}{noise.Folder}/*.bin .
            {commands} >../printed
            diff -r . ../back
            """,
            Ct)).AssertDone();
    }

    private static string Url(Account person, string door, string dataset) => $"{person.Server.Address}{door}/{person.Name}/{dataset}";

    private static async Task<string> RcloneAsync(Account person)
    {
        (string access, string secret) = await person.NewS3KeyAsync(Ct);
        return "unset AWS_CA_BUNDLE AWS_PROFILE; export RCLONE_CONFIG=$PWD/rclone.conf RCLONE_CONFIG_H_TYPE=s3 RCLONE_CONFIG_H_PROVIDER=Other RCLONE_CONFIG_H_ENV_AUTH=true\n"
            + $"export RCLONE_CONFIG_H_ENDPOINT={person.Server.S3.GetLeftPart(UriPartial.Authority)} RCLONE_CONFIG_H_REGION=us-east-1\n"
            + $"export AWS_ACCESS_KEY_ID={access} AWS_SECRET_ACCESS_KEY={secret}; touch rclone.conf; rclone mkdir h:noise";
    }
}
