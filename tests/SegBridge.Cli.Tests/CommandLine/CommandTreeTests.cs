using SegBridge.Cli.CommandLine;

namespace SegBridge.Cli.Tests.CommandLine;

public sealed class CommandTreeTests
{
    [Theory]
    [InlineData("demo --steps 0", "--steps must be 1..100, got 0")]
    [InlineData("demo --volume ct.nii.gz", "--volume and --label belong together")]
    [InlineData("demo --window 5,1", "--window must be two numbers, the lower first")]
    [InlineData("demo --server somewhere", "--server must be an address such as http://127.0.0.1:8710")]
    [InlineData("demo --protocol telepathy", "telepathy")]
    [InlineData("segment --volume a.nii --prompts p.json --output mask.png", "--output must end in")]
    [InlineData("segment --volume a.nii --output mask.nii", "--prompts")]
    [InlineData("segment --prompts p.json --output mask.nii", "one of --volume FILE, --dicom DIR")]
    [InlineData("segment --volume a.nii --dicom d --prompts p.json --output mask.nii", "one of --volume FILE, --dicom DIR")]
    [InlineData("segment --volume a.nii --prompts p.json --output seg.dcm", "a DICOM result belongs to DICOM images")]
    [InlineData("segment --dicom d --prompts p.json --output seg.dcm --segment liver", "--segment must be ID=NAME")]
    [InlineData("segment --dicom d --prompts p.json --output seg.dcm --segment 1=liver=10200004", "--segment must be ID=NAME")]
    [InlineData("segment --volume a.nii --prompts p.json --output m.nii --stack 1", "--stack chooses from DICOM images")]
    [InlineData("segment --dicom d --prompts p.json --output m.nii --deidentify", "--deidentify is for DICOM results")]
    [InlineData("convert a.dcm b.nii.gz --deidentify", "--deidentify is for DICOM results")]
    [InlineData("convert a.nii b", "OUT must end in")]
    [InlineData("convert a.nii b.nii --format rtstruct", "must end in .dcm")]
    [InlineData("convert a.nii b.dcm --source d --deidentify-key k", "--deidentify-key belongs to --deidentify")]
    [InlineData("serve --grpc-port 70000", "--grpc-port must be 0..65535, got 70000")]
    [InlineData("serve --address everywhere", "--address must be an IP address")]
    [InlineData("serve --tls-cert a.pem", "--tls-cert and --tls-key belong together")]
    [InlineData("serve --tls self-signed --tls-cert a.pem --tls-key b.pem", "exclude each other")]
    [InlineData("serve --grpc-port http", "--grpc-port must be 0..65535, got http")]
    [InlineData("serve --journal-days many --no-journal", "--journal-days must be 1..3650, got many")]
    [InlineData("serve --log-format xml", "for option '--log-format'. Did you mean")]
    [InlineData("serve --tls on", "--tls: Argument 'on' not recognized")]
    [InlineData("serve --monai-label liver", "open it with --doors monai")]
    [InlineData("serve --doors nninteractive --monai-folder here", "open it with --doors monai")]
    [InlineData("segment --volume a.nii --prompts p.json --output m.nii --format png", "--format: Argument 'png' not recognized")]
    [InlineData("segment --volume a.nii --prompts p.json --output no/such/folder/m.nii", "--output must lie in a folder that is there")]
    [InlineData("convert a.nii b.nii --format png", "--format: Argument 'png' not recognized")]
    [InlineData("convert a.nii no/such/folder/b.nii", "OUT must lie in a folder that is there")]
    [InlineData("evaluate --data d --report no/such/folder/r.html", "--report must lie in a folder that is there")]
    [InlineData("keys add --file keys.txt", "--name")]
    [InlineData("dicomweb find --archive https://x --match PatientID", "--match must be KEYWORD=VALUE")]
    [InlineData("segment --dicomweb https://x --prompts p.json --output m.dcm", "needs the series")]
    [InlineData("segment --dicomweb https://x --series 1.2 --prompts p.json --output m.nii --store", "--store is for a result in DICOM")]
    [InlineData("segment --dicom a --prompts p.json --output m.dcm --store", "--store puts the result into the archive of --dicomweb")]
    [InlineData("segment --dicom a --dicomweb https://x --series 1.2 --prompts p.json --output m.dcm", "give the image by one of")]
    [InlineData("dicomweb get --archive https://x --output a", "--series")]
    [InlineData("frobnicate", "frobnicate")]
    public void Wrong_usage_is_said_in_one_line(string arguments, string message) =>
        Assert.Contains(CommandTree.Complaints(CommandTree.Build().Parse(arguments)), complaint =>
            complaint.Contains(message, StringComparison.Ordinal) && !complaint.Contains('\n', StringComparison.Ordinal));

    [Fact]
    public async Task Wrong_usage_of_a_command_in_a_command_names_both_for_help()
    {
        var (said, before) = (new StringWriter(), Console.Error);
        Console.SetError(said);
        try
        {
            Assert.Equal(2, await CommandTree.RunAsync(["keys", "add"]));
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.Contains("\"segbridge keys add --help\"", said.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("segment --volume no.nii --prompts no.json --output m.nii", "--prompts: there is no file \"no.json\"")]
    [InlineData("convert no.nii m.nii", "there is no file or folder no.nii")]
    [InlineData("keys add --file no/such/keys --name anna", "--file must lie in a folder that is there")]
    [InlineData("serve --models . --no-journal --grpc-port 0 --http-port 0 --key-file no/such/keys", "no/such/keys cannot be read")]
    [InlineData("serve --models . --no-journal --grpc-port 0 --http-port 0 --allow-origin somewhere", "an allowed origin must be http")]
    public async Task What_an_option_names_wrongly_is_wrong_usage_also_when_it_shows_later(string arguments, string words)
    {
        var (said, before) = (new StringWriter(), Console.Error);
        Console.SetError(said);
        try
        {
            Assert.Equal(2, await CommandTree.RunAsync(arguments.Split(' ')));
        }
        finally
        {
            Console.SetError(before);
        }

        Assert.Contains(words, said.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("demo --json --volume a.nii.gz --label b.nii.gz --label-value 2 --window -160,240 --steps 3 --slices 2 --seed -4")]
    [InlineData("serve --grpc-port 0 --http-port 0 --json --stop-with-input --log-format json --rate-limit 0")]
    [InlineData("serve --address 0.0.0.0 --tls self-signed --key-file keys.txt --max-sessions 3 --idle-timeout-s 60")]
    [InlineData("serve --task-folder tasks")]
    [InlineData("serve --archive pacs=https://pacs.example/dicom-web --archive-file archives.json")]
    [InlineData("dicomweb find --archive https://x --match PatientID=1 --match StudyDate=2024-2025 --study 1.2 --limit 5 --json")]
    [InlineData("dicomweb store --archive pacs --archive-file archives.json --ca-file ca.pem a.dcm folder")]
    [InlineData("bench --selection one --selection two --json")]
    [InlineData("segment --server http://127.0.0.1:1 --volume a.nii --prompts p.json --output m.seg.nrrd --model scribble-2d")]
    [InlineData("segment --dicom d --series 1.2 --stack 1 --gantry-tilt resample --prompts p.json --mask m.dcm --output s.dcm --format rtstruct --deidentify")]
    [InlineData("convert a.seg.nrrd b.dcm --source d --segment 1=Liver --segment 2=GTV=SCT^108369006^Neoplasm --json")]
    [InlineData("models list --json")]
    [InlineData("models verify")]
    [InlineData("models show scribble-2d")]
    [InlineData("version --json")]
    public void Right_usage_is_understood(string arguments) => Assert.Empty(CommandTree.Build().Parse(arguments).Errors);

    [Theory]
    [InlineData("demo")]
    [InlineData("serve")]
    [InlineData("segment")]
    [InlineData("convert")]
    [InlineData("keys add")]
    [InlineData("models list")]
    [InlineData("dicomweb get")]
    public void The_help_of_a_command_ends_with_examples(string command)
    {
        var parsed = CommandTree.Build().Parse(command + " --help");
        using var output = new StringWriter();
        Assert.Equal(0, parsed.Invoke(new System.CommandLine.InvocationConfiguration { Output = output }));
        Assert.Contains("Examples:", output.ToString(), StringComparison.Ordinal);
        Assert.Contains("segbridge " + command.Split(' ')[0], output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_failure_is_one_line_without_a_stack_trace()
    {
        Assert.Equal(("the label is empty", 1), Failure.Describe(new UserException("the label is empty")));
        Assert.Equal(2, Failure.Describe(UserException.Usage("no")).ExitCode);
        var (line, code) = Failure.Describe(new InvalidOperationException("first\nsecond"));
        Assert.Equal(1, code);
        Assert.DoesNotContain('\n', line);
        Assert.DoesNotContain("   at ", line, StringComparison.Ordinal);
    }
}
