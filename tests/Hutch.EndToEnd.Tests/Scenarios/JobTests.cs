using System.Text.Json;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>A compute site: data are staged, a program runs on them, and its results are a dataset that says what they come from.</summary>
public sealed class JobTests(JobInputs inputs) : IClassFixture<JobInputs>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Parts_that_run_at_the_same_time_are_one_dataset_and_one_run_and_one_that_failed_can_be_repeated()
    {
        string said = await ShellAsync(
            """
            part() {
                hutch run --input lysozyme --output parts --part frame/$1 --parts 3 -- \
                    sh -c '[ "$2" != frame/3 -o -e ready ] && cat "$1/frames/${2##*/}.cbf" > "$3/text"' sh {input} {part} {output}
            }
            part 1 & part 2 & part 3 || echo failed with $?; wait
            run=$(hutch runs list parts --json | jq -r .id)
            hutch runs parts $run --state failed
            touch ready; part 3
            hutch runs list parts --json | jq -c '[.state, .message]'
            hutch clone parts got >/dev/null; cat got/frame/*/text
            """);

        Assert.Contains("failed with 1", said, StringComparison.Ordinal);
        Assert.Matches("frame/3 +failed +1 ", said);
        Assert.EndsWith("[\"done\",\"All 3 parts are done.\"]\nframe 1\nframe 2\nframe 3\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Staging_downloads_only_missing_files_and_creates_exactly_the_files_of_the_dataset()
    {
        string said = await ShellAsync(
            """
            hutch stage lysozyme all
            diff -r --no-dereference --exclude .hutch data all; [ -x all/tool ]; ls -A all
            rm all/mask.cbf
            hutch stage lysozyme@1 all --json
            cmp data/mask.cbf all/mask.cbf
            cp -a all linked; ln -sfn frames/3.cbf linked/first
            hutch stage lysozyme linked 2>&1 || echo refused the link
            hutch stage lysozyme some --include 'frames/' --include '!3.cbf' --include '*.txt'
            (cd some; find . -type f | sort)
            echo changed >all/notes.txt
            hutch stage lysozyme all 2>&1 || echo refused
            hutch stage lysozyme none --include '*.tiff' 2>&1 || echo refused too
            """);

        Assert.Contains("first\nframes\nlarge.h5\nmask.cbf\nnotes.txt\ntool\n", said, StringComparison.Ordinal);
        Assert.Contains("\"entries\":8,", said, StringComparison.Ordinal);
        Assert.Contains("\"kept\":7", said, StringComparison.Ordinal);
        Assert.Contains("./frames/1.cbf\n./frames/2.cbf\n./notes.txt\n", said, StringComparison.Ordinal);
        Assert.Contains("'first' already exists here and differs", said, StringComparison.Ordinal);
        Assert.Contains("refused the link\n", said, StringComparison.Ordinal);
        Assert.Contains("'notes.txt' already exists here and differs", said, StringComparison.Ordinal);
        Assert.Contains("refused\n", said, StringComparison.Ordinal);
        Assert.Contains($"Nothing in {inputs.Ada.Name}/lysozyme@2 matches '*.tiff'", said, StringComparison.Ordinal);
        Assert.EndsWith("refused too\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_runs_on_what_was_staged_and_its_results_are_derived_from_it_with_command_log_and_exit_state()
    {
        string said = await ShellAsync(
            """
            export SLURM_JOB_ID=4711 HUTCH_SECRET=do-not-record-me
            hutch run --input lysozyme@1 --output sums --title 'Sums of frames' -- sh -c 'cat {input}/frames/*.cbf >{output}/sum; echo summed'
            hutch clone sums copy
            cat copy/sum copy/hutch-run.log
            hutch run --input lysozyme --output told -- {input}/tool {output}
            hutch runs list told --json
            hutch info sums --json
            hutch runs list sums --json
            """);

        Assert.Contains("frame 1\nframe 2\nframe 3\nsummed\n", said, StringComparison.Ordinal);
        Assert.Contains("\ntool\n", said, StringComparison.Ordinal);
        Assert.Contains("\"program\":\"tool\"", said, StringComparison.Ordinal);
        string[] lines = said.TrimEnd().Split('\n');
        JsonElement dataset = JsonDocument.Parse(lines[^2]).RootElement, run = JsonDocument.Parse(lines[^1]).RootElement;
        Assert.Equal($"{inputs.Ada.Name}/lysozyme", dataset.GetProperty("parents")[0].GetProperty("name").GetString());
        Assert.Equal(("done", "exit code 0", "sh"), (Text(run, "state"), Text(run, "message"), Text(run, "program")));
        Assert.Equal("sh -c 'cat {input}/frames/*.cbf >{output}/sum; echo summed'", Text(run, "command"));
        Assert.Equal("4711", run.GetProperty("environment").GetProperty("SLURM_JOB_ID").GetString());
        Assert.DoesNotContain("do-not-record-me", said, StringComparison.Ordinal);
        Assert.Equal(1, run.GetProperty("inputs")[0].GetProperty("snapshot").GetInt32());
    }

    [Fact]
    public async Task A_command_gets_a_token_for_its_datasets_alone_which_ends_with_it()
    {
        string said = await ShellAsync(
            $$"""
            mkdir secret; cd secret; hutch init --name secret >../out; echo x >x; hutch push >../out; cd ..
            cat >job <<'JOB'
            printenv HUTCH_TOKEN >$3
            hutch info lysozyme --json >$2/info.json && echo sees the input
            hutch info secret 2>&1 || echo does not see others
            hutch whoami --json | jq -c .token.scopes
            env; echo "it is $OWN"
            JOB
            export OWN={{inputs.Ada.Token}}
            HUTCH_TOKEN=$OWN hutch run --input lysozyme --output narrowed -- sh job {input} {output} kept
            token=$(cat kept)
            HUTCH_TOKEN=$token hutch info lysozyme 2>&1 || echo ended
            grep -c -e "$token" -e "$OWN" narrowed.run/output/hutch-run.log || true
            """);

        Assert.Contains("sees the input\n", said, StringComparison.Ordinal);
        Assert.Contains("does not see others\n", said, StringComparison.Ordinal);
        Assert.Contains("[\"read\",\"write\"]\n", said, StringComparison.Ordinal);
        Assert.Contains("\nPATH=", said, StringComparison.Ordinal);
        Assert.Contains("\nHUTCH_TOKEN=[hutch: token]\n", said, StringComparison.Ordinal);
        Assert.Contains("\nit is [hutch: token]\n", said, StringComparison.Ordinal);
        Assert.EndsWith("ended\n0\n", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Partial_results_of_a_failed_or_stopped_command_are_kept_and_marked_and_the_same_command_resumes()
    {
        string said = await ShellAsync(
            """
            hutch run --input lysozyme --output failed -- sh -c 'ls {input} >{output}/begun; exit 7' || echo code $?
            hutch log failed
            cat >job <<'JOB'
            [ -e $2/begun ] && { echo more >$2/more; exit 0; }
            ls $1 >$2/begun; touch begun
            while :; do sleep 0.05; done
            JOB
            hutch run --input lysozyme --output stopped -- sh job {input} {output} >first 2>&1 & run=$!
            until [ -e begun ]; do sleep 0.05; done
            hutch run --input lysozyme --output stopped -- sh job {input} {output} 2>&1 || echo busy
            kill $run; wait $run || echo stopped
            hutch log stopped
            hutch run --input lysozyme --output stopped -- sh job {input} {output}
            hutch log stopped
            hutch runs list stopped
            hutch clone stopped other; touch other/new; (cd other; hutch push)
            hutch run --input lysozyme --output stopped -- touch begun-again {output} 2>&1 || ls begun-again 2>&1 || echo overtaken
            """);

        Assert.Contains("code 7\n", said, StringComparison.Ordinal);
        Assert.Matches("Partial results of run [0-9a-f]{32}: exit code 7", said);
        Assert.Contains("stopped\n", said, StringComparison.Ordinal);
        Assert.Matches("Partial results of run [0-9a-f]{32}: stopped: exit code 143", said);
        Assert.Matches("Results of run [0-9a-f]{32}: exit code 0", said);
        Assert.Matches("(?s)done.*cancelled", said);
        Assert.Matches("(?s)Another hutch command is working in .*busy\n", said);
        Assert.Matches($"(?s){inputs.Ada.Name}/stopped is at snapshot 3, but .* is based on 2.*overtaken\n", said);
    }

    [Fact]
    public async Task Results_that_cannot_be_sent_stay_and_the_command_says_where()
    {
        string said = await ShellAsync(
            """
            hutch token create --name job --json >job.json
            id=$(sed 's/.*"id":"\([^"]*\)".*/\1/' job.json) token=$(sed 's/.*"token":"\([^"]*\)".*/\1/' job.json)
            HUTCH_TOKEN=$token hutch run --input lysozyme --output kept -- sh -c "touch {output}/made; env -u HUTCH_TOKEN hutch token revoke $id" 2>&1 || echo failed
            ls kept.run/output
            """);

        Assert.Matches("(?s)The results stay in .*/kept.run/output: .*hutch runs stop [0-9a-f]{32}.*failed\n", said);
        Assert.EndsWith("made\n", said, StringComparison.Ordinal);
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private async Task<string> ShellAsync(string script) => (await inputs.Ada.RunShellAsync(script, Ct)).AssertDone().Output;
}
