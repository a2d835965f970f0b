using Hutch.EndToEnd.Tests.Harness;
using Hutch.Peers;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>Captures of a beamline, whose series belong to the group or the visit that they name.</summary>
public sealed class VisitCaptureTests(ClassServer server) : IClassFixture<ClassServer>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_series_belongs_to_the_group_of_its_visit_for_which_the_capture_may_create_datasets()
    {
        Account operators = await server.Installation.AdminAsync(Ct);
        int port = LoopbackPort.FindFree();
        Account beamline = await server.Installation.NewUserAsync("beamline-7", Ct);
        (await operators.RunShellAsync(
            "hutch group create crystallographers && hutch user create-for beamline-7 crystallographers", Ct)).AssertDone();

        CommandResult captured = (await beamline.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            echo 'mx1 crystallographers # in April' >visits
            capture() {
                hutch capture --direct tcp://127.0.0.1:{{port}} --dataset '{visit}/{dcid}' --owners visits --close "$@" >captured 2>>told & capture=$!
            }
            measure() {
                hutch simulate detector --at tcp://127.0.0.1:{{port}} --size 256k --frames 3 --user-data "{\"dcid\": $1, \"visit\": \"mx1\"}"
                until [ -s captured ]; do sleep 0.1; done
                kill -TERM $capture && wait $capture
            }
            capture && measure 4711
            capture --json && measure 4712
            cat told
            jq -r .staysOpen captured
            """,
            Ct)).AssertDone();
        CommandResult entries = (await operators.RunAsync(Ct, "list", "crystallographers/4711")).AssertDone();

        Assert.Contains("000003", entries.Output, StringComparison.Ordinal);
        Assert.Contains("crystallographers/4711 stays open: ", captured.Output, StringComparison.Ordinal);
        string told = captured.Output.Split("crystallographers/4711 stays open: ")[1].Split('\n')[0];
        Assert.Equal(told.Replace("4711", "4712", StringComparison.Ordinal), captured.Output.TrimEnd().Split('\n')[^1]);
    }

    [Fact]
    public async Task Data_captured_ingested_or_pushed_for_a_visit_belong_to_that_visit()
    {
        Account operators = await server.Installation.AdminAsync(Ct);
        int port = LoopbackPort.FindFree();
        Account beamline = await server.Installation.NewUserAsync("beamline-8", Ct);
        Account bob = await server.Installation.NewUserAsync("bob", Ct);
        (await operators.RunShellAsync(
            """
            hutch visit create cm5-1 --proposal cm5 --instrument i04 --begin 2026-01-01 --end 2090-01-01 --experimenter bob --creator beamline-8
            """,
            Ct)).AssertDone();

        (await beamline.RunShellAsync(
            $$"""
            trap 'kill $(jobs -p) 2>>trapped || true' EXIT
            hutch capture --direct tcp://127.0.0.1:{{port}} --dataset '{visit}/{dcid}' >captured 2>told &
            hutch simulate detector --at tcp://127.0.0.1:{{port}} --size 256k --frames 2 --user-data '{"dcid": 4711, "visit": "cm5-1"}'
            hutch simulate dataset scan --detector tiny --images 2
            hutch ingest scan_master.h5 cm5-1/scan
            mkdir notes && echo ice >notes/a.txt && hutch init notes --name cm5-1/notes && (cd notes && hutch push -m notes)
            until [ -s captured ]; do sleep 0.1; done
            """,
            Ct)).AssertDone();

        CommandResult seen = (await bob.RunShellAsync(
            "hutch list --owner cm5-1 --json | jq -r '.name + \" \" + (.files > 0 | tostring)' | sort && hutch search proposal:cm5 --json | jq -r .name | sort",
            Ct)).AssertDone();
        Assert.Equal(
            ["cm5-1/4711 true", "cm5-1/notes true", "cm5-1/scan true", "cm5-1/4711", "cm5-1/notes", "cm5-1/scan"],
            seen.Output.TrimEnd().Split('\n'));
    }
}
