package main

import "slices"

// table returns all mutants. Each file table_NAME.go has those of one part.
func table() []mutant {
	return slices.Concat(
		wakerMutants,
		fairMutants,
		waitlistMutants,
		schedtestMutants,
		joinMutants,
		wakerPanicMutants,
		dequeMutants,
		identityMutants,
		futureMutants,
		ownershipMutants,
		opMutants,
		leftoverMutants,
		reactorMutants,
		backendMutants,
		netioMutants,
		moveMutants,
		schedMutants,
		recycleMutants,
		forkjoinMutants,
		reportMutants,
		handlerMutants,
		goexitMutants,
		poolMutants,
		aioMutants,
		codecMutants,
		delayMutants,
		asyncgenMutants,
		openMutants,
		coordChanMutants,
		coordLockMutants,
		coordSignalMutants,
		surfaceMutants,
		unorderedMutants,
		streamMutants,
		fileMutants,
		pipeMutants,
		dnsMutants,
		dialMutants,
		processMutants,
		signalMutants,
	)
}
