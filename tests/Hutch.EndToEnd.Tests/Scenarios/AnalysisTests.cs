using System.Text.Json;
using Hutch.EndToEnd.Tests.Harness;
using Hutch.Testing;

namespace Hutch.EndToEnd.Tests.Scenarios;

/// <summary>From a detector file to results: a person at a command line.</summary>
public sealed class AnalysisTests(SharedServer shared)
{
    private const int Unprocessable = 1;

    private static readonly string[] RowNames =
    [
        "file-number", "n_spots_total", "n_spots_no_ice", "n_spots_4A", "total_intensity", "estimated_d_min",
        "d_min_distl_method_1", "noisiness_method_1", "d_min_distl_method_2", "noisiness_method_2",
    ];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_detector_file_is_ingested_analysed_and_its_results_are_files_of_a_dataset()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync("hutch simulate dataset beamtime/sim --detector small --images 5 && hutch ingest beamtime/sim_master.h5 lysozyme", Ct)).AssertDone();

        CommandResult table = (await ada.RunAsync(Ct, "analyse", "lysozyme")).AssertDone();
        CommandResult lines = (await ada.RunAsync(Ct, "analyse", "lysozyme", "--json")).AssertDone();
        (await ada.RunShellAsync("hutch clone lysozyme-spots results", Ct)).AssertDone();

        Assert.Equal(6, table.Output.TrimEnd().Split('\n').Length);
        Assert.Contains("frames/s", table.Errors, StringComparison.Ordinal);
        JsonElement[] rows = [.. lines.Output.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).OrderBy(row => row.GetProperty("file-number").GetInt32())];
        Assert.Equal([1, 2, 3, 4, 5], rows.Select(row => row.GetProperty("file-number").GetInt32()));
        Assert.All(rows, row => Assert.Equal(RowNames, row.EnumerateObject().Select(property => property.Name)));
        Assert.True(rows.Sum(row => row.GetProperty("n_spots_total").GetInt32()) > 10);
        string[] kept = await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "results", "results.jsonl"), Ct);
        Assert.Equal(rows.Select(row => row.GetRawText()), kept);
        Assert.Equal(string.Join(',', RowNames), (await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "results", "results.csv"), Ct))[0]);
    }

    [Fact]
    public async Task A_series_is_ingested_while_its_files_appear()
    {
        using Account ada = await shared.NewAccountAsync(Ct);

        CommandResult result = await ada.RunShellAsync(
            """
            trap 'kill $(jobs -p)' EXIT
            hutch simulate dataset made/sim --detector tiny --images 6 --images-per-file 2
            mkdir beamtime
            hutch ingest --live beamtime/sim_master.h5 lysozyme --json >told &
            ingest=$!
            cp made/sim_master.h5 beamtime; cp made/sim_data_000001.h5 beamtime
            until test "$(hutch list lysozyme --json 2>ignored | grep -c '"path":"00')" = 2; do kill -0 $ingest; done
            cp made/sim_data_000002.h5 made/sim_data_000003.h5 beamtime
            wait $ingest
            trap - EXIT
            cat told
            """,
            Ct);

        Assert.Contains("\"frames\":6,\"missing\":0", result.AssertDone().Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--follow", "DIR", "--allow-links")]
    [InlineData("--idle", "5s", "add --live")]
    public async Task An_option_of_ingest_that_does_nothing_is_refused_with_the_one_that_does(string option, string value, string hint)
    {
        using TemporaryFolder folder = new();
        CommandLine ada = new(folder["home"], folder["work"]);

        CommandResult refused = await ada.RunAsync(Ct, "ingest", "x_master.h5", "lysozyme", option, value);

        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(hint, refused.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_program_with_another_name_starts_its_own_reader()
    {
        using Account ada = await shared.NewAccountAsync(Ct);

        CommandResult result = await ada.RunShellAsync(
            """
            hutch=$(command -v hutch)
            cp -rs "$(dirname "$hutch")" program
            cp --remove-destination "$hutch" program/hutch-1.2
            hutch simulate dataset sim --detector tiny --images 2
            program/hutch-1.2 ingest sim_master.h5 lysozyme --json
            """,
            Ct);

        Assert.Contains("\"frames\":2", result.AssertDone().Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_of_CBF_files_gives_the_results_of_the_same_images_in_HDF5()
    {
        using Account ada = await shared.NewAccountAsync(Ct);

        // CBFlib writes what h5py reads, as a detector does that marks gaps and dead pixels in its images.
        const string Script =
            """
            hutch simulate dataset sim --detector small --images 5
            mkdir cbf
            /usr/bin/python3 - <<'PROGRAM'
            import h5py, numpy, pycbf
            entry = h5py.File("sim_master.h5")["entry"]
            detector, beam = entry["instrument/detector"], entry["instrument/beam"]
            mask = detector["pixel_mask"][()]
            value = lambda group, name: repr(float(group[name][()]))
            header = "\n".join([
                f"# Pixel_size {value(detector, 'x_pixel_size')} m x {value(detector, 'y_pixel_size')} m",
                f"# Detector_distance {value(detector, 'detector_distance')} m",
                f"# Beam_xy ({value(detector, 'beam_center_x')}, {value(detector, 'beam_center_y')}) pixels",
                f"# Wavelength {value(beam, 'incident_wavelength')} A",
                f"# Count_cutoff {int(detector['saturation_value'][()])} counts"])
            images = numpy.concatenate([entry["data"][name][()] for name in sorted(entry["data"]) if name.startswith("data_")])
            for number, image in enumerate(images, 1):
                pixels = numpy.where((mask != 0) | (image == 65535), -2, image.astype("<i4")).astype("<i4")
                file = pycbf.cbf_handle_struct()
                file.new_datablock(b"image")
                file.new_category(b"array_data")
                file.new_column(b"header_contents")
                file.set_value(header.encode())
                file.new_column(b"data")
                rows, columns = pixels.shape
                file.set_integerarray_wdims(pycbf.CBF_BYTE_OFFSET, 1, pixels.tobytes(), 4, 1, pixels.size, b"little_endian", columns, rows, 1, 0)
                file.write_widefile(b"cbf/lysozyme_%05d.cbf" % number, pycbf.CBF, pycbf.MIME_HEADERS | pycbf.MSG_DIGEST | pycbf.PAD_4K, 0)
            PROGRAM
            hutch ingest sim_master.h5 hdf5
            hutch ingest cbf cbf
            hutch ingest cbf/lysozyme_00003.cbf cbf | grep '5 frames were already stored'
            hutch analyse hdf5 --json | sort >expected
            hutch analyse cbf --json | sort >rows
            cmp expected rows
            """;
        (await ada.RunShellAsync(Script, Ct)).AssertDone();

        string[] rows = await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "rows"), Ct);
        Assert.Equal(5, rows.Length);
        Assert.True(rows.Sum(row => JsonDocument.Parse(row).RootElement.GetProperty("n_spots_total").GetInt32()) > 10);
    }

    [Fact]
    public async Task An_analysis_that_follows_prints_frames_as_they_come_and_ends_when_the_dataset_is_closed()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        const string Script =
            """
            hutch simulate dataset a --detector tiny --images 3
            hutch simulate dataset b --detector tiny --images 6
            hutch ingest a_master.h5 lysozyme
            hutch analyse lysozyme --follow --json >rows &
            following=$!
            until [[ -s rows ]]; do sleep 0.05; done
            if hutch ingest b_master.h5 lysozyme; then exit 99; fi
            hutch ingest b_master.h5 lysozyme --replace
            hutch close lysozyme
            wait $following
            """;

        (await ada.RunShellAsync(Script, Ct)).AssertDone();
        (await ada.RunAsync(Ct, "close", "lysozyme-spots")).AssertDone();

        string[] rows = await File.ReadAllLinesAsync(Path.Combine(ada.WorkingFolder, "rows"), Ct);
        Assert.Equal([1, 2, 3, 4, 5, 6], rows.Select(row => JsonDocument.Parse(row).RootElement.GetProperty("file-number").GetInt32()).Order());
    }

    [Fact]
    public async Task An_analysis_is_joined_stopped_and_shown_again_without_another_run()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        string script =
            $$$"""
            hutch simulate dataset a --detector tiny --images 3
            hutch ingest a_master.h5 lysozyme
            hutch analyse lysozyme --follow --json >rows 2>told &
            following=$!
            until [[ $(grep -c file-number rows) == 3 ]]; do sleep 0.05; done
            run=$(hutch runs list lysozyme --json | jq -r .id)
            hutch analyse lysozyme --follow --no-wait --json | jq -e ".existing and .run == \"$run\""
            hutch runs stop "$run" | grep 'Results of 3 frames stay'
            if wait $following; then exit 98; fi
            grep 'The analysis was cancelled: Stopped by {{{ada.Name}}}.' told
            if hutch runs stop "$run" 2>refused; then exit 99; fi
            grep 'there is nothing to stop' refused
            hutch analyse lysozyme --json >first
            hutch analyse lysozyme --json >second
            cmp first second
            hutch analyse lysozyme 2>again | wc -l | grep '^4$'
            grep -e '--again' again
            [[ $(hutch runs list lysozyme --json | wc -l) == 2 ]]
            hutch analyse lysozyme --again --json | sort | cmp - <(sort first)
            [[ $(hutch runs list lysozyme --json | wc -l) == 3 ]]
            hutch clone lysozyme-spots stopped
            [[ $(wc -l <stopped/results.jsonl) == 3 ]]
            """;

        (await ada.RunShellAsync(script, Ct)).AssertDone();
    }

    [Fact]
    public async Task What_cannot_be_analysed_is_told_in_words()
    {
        using Account ada = await shared.NewAccountAsync(Ct);
        (await ada.RunShellAsync("mkdir d && cd d && echo '{' > header && echo x > 000001 && hutch init --name broken && hutch push", Ct)).AssertDone();

        CommandResult broken = await ada.RunAsync(Ct, "analyse", "broken");
        CommandResult none = await ada.RunAsync(Ct, "analyse", "nothing");

        Assert.Equal(Unprocessable, broken.ExitCode);
        Assert.Contains("not JSON", broken.Errors, StringComparison.Ordinal);
        Assert.NotEqual(0, none.ExitCode);
    }
}
