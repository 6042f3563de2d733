return await SegBridge.Cli.CommandLine.CommandTree.RunAsync(args);
