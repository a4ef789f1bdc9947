package main

import (
	"loa/crawler/extract"
	"loa/web"
)

// air are the doors of broadcasting, of the weeks ahead and of loudspeakers.
func (e *engine) air() web.Air {
	return web.Air{
		Take: e.takeHanded, Read: e.readHanded, Load: e.loadHanded, Drop: e.dropHanded,
		Maps: e.savedMaps, DropMap: e.dropMap, MapColumns: extract.MapColumns, Registers: e.store.Registers,
		Cases: e.caseWorld, Act: e.actInCase,
		Advise: e.advise, KeepAdvice: e.keepAdvice, ShareAdvice: e.shareAdvice, PutGrid: e.putGrid,
		Radio: e.radioMonth, Sample: e.drawRadio, Heard: e.heardRadio,
	}
}
