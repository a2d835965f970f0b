using Hutch.Commands.Hosting;

namespace Hutch.Cli.Tests.Scripts;

/// <summary>Open, closed, derived: a person at a command line.</summary>
public sealed class LifecycleTests(LocalServer server) : IClassFixture<LocalServer>
{
    [Fact]
    public async Task A_closed_dataset_refuses_a_push_and_suggests_deriving_and_a_derived_dataset_accepts_pushes()
    {
        ScriptPerson ada = await server.NewUserAsync("ada");
        (await ada.RunShellAsync("mkdir data && cd data && echo one > a && mkdir sub && echo two > sub/b && hutch init --name data && hutch push -m first")).AssertDone();
        ScriptResult early = await ada.RunAsync("derive", "data", "--name", "too-early");
        Assert.Equal(ExitCode.Conflict, early.ExitCode);
        Assert.Contains("close", early.Errors, StringComparison.OrdinalIgnoreCase);

        (await ada.RunAsync("close", "data")).AssertDone();
        ScriptResult late = await ada.RunShellAsync("cd data && echo three > a && hutch push");
        Assert.Equal(ExitCode.Conflict, late.ExitCode);
        Assert.Contains("derive", late.Errors, StringComparison.OrdinalIgnoreCase);

        (await ada.RunAsync("derive", "data", "--name", "derived", "--copy")).AssertDone();
        (await ada.RunShellAsync("hutch clone derived copy && cd copy && echo three > a && rm sub/b && hutch push -m second && hutch verify")).AssertDone();
        (await ada.RunShellAsync("hutch clone derived again && diff -r --exclude .hutch copy again && hutch clone data@1 old && test \"$(cat old/a)\" = one")).AssertDone();
    }

    [Fact]
    public async Task Name_title_tags_and_metadata_are_changed_from_the_command_line()
    {
        ScriptPerson ada = await server.NewUserAsync("bea");
        string script =
            $$$"""
            hutch list --owner {{{ada.Name}}} 2>none; grep 'No dataset matches' none
            mkdir data; cd data; echo one > a; hutch init --name data; hutch push; echo two > a; hutch push
            hutch rename data better; hutch status | grep '{{{ada.Name}}}/better@2'
            hutch title better 'Lysozyme at 100 K'; test "$(hutch title better)" = 'Lysozyme at 100 K'
            hutch title better ''; hutch title better | grep 'no title'
            hutch tag better@1 first; hutch tag better last; hutch tag better --json | grep '"tag":"first","snapshot":1'
            test "$(hutch tag better | wc -l)" = 3
            hutch tag better first --remove; if hutch list better@first; then exit 99; fi
            echo '{"a":1}' | hutch metadata set better; test "$(hutch metadata get --json)" = '{"a":1}'
            if echo '{"a":' | hutch metadata set better 2>refused; then exit 99; fi; grep 'not JSON: line' refused
            echo 'x, y' > ../t.csv; hutch metadata suggest --json | grep '"values":\[\]'; cp ../t.csv table.csv; hutch push
            hutch metadata suggest 2>said | grep 'columns *\["x","y"\]'; grep "looks like 'table'; .hutch type set {{{ada.Name}}}/better table. says so" said
            hutch type set better table; echo '{"a":1.50}' | hutch metadata set better; hutch metadata set better --from-files
            test "$(hutch metadata get --json)" = '{"a":1.50, "columns": ["x","y"]}'
            hutch metadata set better --from-files 2>&1 | grep 'contain no metadata beyond what is set'
            if hutch metadata set better ../t.csv --from-files 2>both; then exit 99; fi; grep "either a file with the document or '--from-files'" both
            echo '{"a":1}' | hutch metadata set better
            EDITOR='sed -i s/1/2/' hutch metadata edit; test "$(hutch metadata get better | jq .a)" = 2
            EDITOR=true hutch metadata edit 2>&1 | grep 'Nothing was changed'
            if EDITOR=false hutch metadata edit; then exit 99; fi
            hutch runs list 2>&1 | grep -i 'no runs'
            hutch whoami | grep '^{{{ada.Name}}} at http'
            hutch logout; if hutch whoami 2>anonymous; then exit 99; fi; grep 'You are anonymous' anonymous
            """;
        (await ada.RunShellAsync(script)).AssertDone();
    }

    [Fact]
    public async Task Two_pushes_from_the_same_version_lose_no_changes()
    {
        ScriptPerson ada = await server.NewUserAsync("eve");
        (await ada.RunShellAsync("mkdir data && cd data && echo base > base && hutch init --name data && hutch push && cd .. && hutch clone data one && hutch clone data two")).AssertDone();
        (await ada.RunShellAsync("cd one && echo 1 > first && hutch push")).AssertDone();

        ScriptResult second = await ada.RunShellAsync("cd two && echo 2 > second && hutch push");
        Assert.Equal(ExitCode.Conflict, second.ExitCode);
        Assert.Contains("hutch pull", second.Errors);

        (await ada.RunShellAsync("cd two && hutch pull && hutch push && cd .. && hutch clone data all && ls all && cat all/base all/first all/second")).AssertDone();
    }

    [Fact]
    public async Task Space_is_freed_by_the_names_of_its_lines_and_nothing_else_is()
    {
        ScriptPerson ada = await server.NewUserAsync("flo");
        string script =
            $$$"""
            for one in first second third; do mkdir $one; cd $one; head -c 100000 /dev/urandom > big; hutch init --name $one; hutch push; cd ..; done
            hutch delete first; hutch delete second
            hutch space --by kind | grep -E '^200 kB +trash +2'; test "$(hutch space --by kind --csv | tail -1)" = 200000,trash,2
            hutch space --csv | grep '^100000,{{{ada.Name}}}/first,.*,trash,{{{ada.Name}}},,,generic,,20'
            hutch space 2>&1 >lines | grep '1 dataset of 100 kB, such as {{{ada.Name}}}/third: They are open.*close.*(managers of the dataset)'
            if hutch space --free {{{ada.Name}}}/first 2>refused; then exit 99; fi; grep 'a purge needs a reason' refused
            if hutch space --free {{{ada.Name}}}/first third --reason tidy 2>refused; then exit 99; fi; grep 'Nothing of .*third can be freed. Nothing was changed' refused
            if hutch space --by colour 2>refused; then exit 99; fi; grep 'program or age' refused
            hutch space --csv | grep -c trash | grep 2
            hutch space --free {{{ada.Name}}}/first --reason tidy --yes >freed; grep -E '^100 kB +{{{ada.Name}}}/first +purged' freed
            hutch space | grep second; if hutch space | grep first; then exit 99; fi
            """;
        (await ada.RunShellAsync(script)).AssertDone();
    }
}
